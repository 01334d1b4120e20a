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
import { type Kubectl, kubectlBy } from "./kubectl.ts";
import { type Obstacle, obstaclesTo } from "./obstacles.ts";
import { StandingLeases } from "./standing-leases.ts";
import { readState, type State } from "./state.ts";
import { freeze, REMOVAL } from "./steps.ts";
import { inTheWay, summaryOf } from "./words.ts";

const USAGE =
  "usage: npm run uninstall:cluster -- --dry-run | --yes [--wait] [--despite-pods] [--context NAME]";
const EXIT = { done: 0, usage: 2, refused: 3, failed: 4 } as const;
const BETWEEN_LOOKS_MILLISECONDS = 5_000;

interface Wish {
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly despitePods: boolean;
  readonly context: string | undefined;
}

function wishOf(args: readonly string[]): Wish | undefined {
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
    return {
      dryRun: values["dry-run"],
      wait: values.wait,
      despitePods: values["despite-pods"],
      context: values.context,
    };
  } catch {
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const wish = wishOf(args);
  if (wish === undefined) {
    console.error(USAGE);
    return EXIT.usage;
  }
  const context = wish.context === undefined ? [] : [`--context=${wish.context}`];
  const kubectl = kubectlBy(process.env["KUBECTL"] || "kubectl", context);
  const standing = new StandingLeases();
  const first = await look(kubectl, standing, wish);
  console.log(summaryOf(first.state));
  if (wish.dryRun) {
    for (const { what } of [freeze, ...REMOVAL]) console.log(`would ${what}`);
    return first.obstacles.length === 0 ? EXIT.done : refused(first.obstacles, "it would be refused");
  }
  // Pods don't go by themselves: nothing is touched, not even the freeze.
  const pods = first.obstacles.filter(({ kind }) => kind === "pod");
  if (pods.length > 0) return refused(pods, "nothing was changed");
  console.log(freeze.what);
  await freeze.run(kubectl);
  for (;;) {
    const { obstacles } = await look(kubectl, standing, wish);
    if (obstacles.length === 0) break;
    if (!wish.wait || obstacles.some(({ kind }) => kind === "pod"))
      return refused(obstacles, "everything is frozen now, and nothing was deleted");
    console.log(inTheWay(obstacles, "waiting"));
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MILLISECONDS));
  }
  for (const { what, run } of REMOVAL) {
    console.log(what);
    for (const line of await run(kubectl)) console.log(`  ${line}`);
  }
  console.log("gone from the cluster: what is left at AWS is told in docs/install.md");
  return EXIT.done;
}

interface Look {
  readonly state: State;
  readonly obstacles: readonly Obstacle[];
}

async function look(kubectl: Kubectl, standing: StandingLeases, { despitePods }: Wish): Promise<Look> {
  const state = await readState(kubectl);
  const at = performance.now();
  standing.look(state.leases, at);
  const obstacles = obstaclesTo(state, (nodeName) => standing.isAbandoned(nodeName, at));
  return { state, obstacles: obstacles.filter(({ kind }) => !(despitePods && kind === "pod")) };
}

function refused(obstacles: readonly Obstacle[], and: string): number {
  console.error(inTheWay(obstacles, `refused, ${and}`));
  return EXIT.refused;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = EXIT.failed;
}
