/**
 * `npm run chart`: Helm's own checks of infra/chart, without a cluster: lint, and render for each version of Kubernetes that it is for.
 * Helm is built on first use, as the peers are (docs/peers.md).
 *
 * Exit 0: holds. 1: doesn't, in Helm's words. 2: something is missing on the machine.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildGo, HELM } from "../peers/build/go.ts";
import { foldersOf } from "../peers/folders.ts";
import { Missing, say } from "../peers/progress.ts";

const CHART = join(import.meta.dirname, "../../infra/chart");
/** The least that the chart takes, EKS's way to write it, and the one that the peers run. */
const VERSIONS = ["1.32.0", "1.33.5-eks-3025e55", "1.34.4"];

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());

function holds(helm: string, args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync(helm, [...args, "--namespace=vpcip-system"], {
    encoding: "utf8",
  });
  console.log(`${status === 0 ? "ok  " : "FAIL"}  helm ${args.join(" ")}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}

try {
  const folder = await buildGo(foldersOf(process.env).builds, HELM, interrupted.signal);
  const helm = join(folder, "helm");
  const renders = VERSIONS.map((version) => [
    "template",
    "eni-reclaimer",
    CHART,
    `--kube-version=${version}`,
  ]);
  const results = [["lint", "--strict", CHART], ...renders].map((args) => holds(helm, args));
  process.exitCode = results.every(Boolean) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof Missing ? 2 : 1;
}
