/**
 * Takes eni-reclaimer out of a cluster, in an order in which nothing is released wrongly and nothing hangs (docs/install.md).
 *
 *   npm run uninstall:cluster -- --dry-run       what is there, what stands against it, what would be done
 *   npm run uninstall:cluster -- --yes           does it, unless something stands against it
 *     --wait            waits until what is under way is over (a release may take 35 minutes to be) instead of giving up
 *     --despite-pods    also while Pods have addresses: they keep running, and nobody knows any more that these are taken
 *     --context NAME    of the kubeconfig; KUBECTL names another kubectl than that of the PATH
 *
 * Exit 0: done, or nothing stands against it. 2: wrong usage. 3: refused, for something stands against it. 4: failed; it may be
 * called again.
 */
import { parseArgs } from "node:util";
import { kubectlBy } from "./kubectl.ts";
import { EXIT, uninstall, type Wish } from "./uninstall.ts";

const USAGE =
  "usage: npm run uninstall:cluster -- --dry-run | --yes [--wait] [--despite-pods] [--context NAME]";

function askedBy(
  args: readonly string[],
): { readonly wish: Wish; readonly context: string | undefined } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        "dry-run": { type: "boolean", default: false },
        yes: { type: "boolean", default: false },
        wait: { type: "boolean", default: false },
        "despite-pods": { type: "boolean", default: false },
        context: { type: "string" },
      },
    });
    if (values["dry-run"] === values.yes) return undefined;
    const wish = { dryRun: values["dry-run"], wait: values.wait, despitePods: values["despite-pods"] };
    return { wish, context: values.context };
  } catch {
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const asked = askedBy(args);
  if (asked === undefined) {
    console.error(USAGE);
    return EXIT.usage;
  }
  const context = asked.context === undefined ? [] : [`--context=${asked.context}`];
  return uninstall(asked.wish, {
    kubectl: kubectlBy(process.env["KUBECTL"] || "kubectl", context),
    now: () => performance.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    out: console.log,
    err: console.error,
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = EXIT.failed;
}
