import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { kubectlPeer } from "./peers.ts";

export interface Said {
  /** Exit status. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real kubectl as a person would; objects go in as standard input of `-f -`. Never throws for its exit status. */
export function kubectl(args: readonly string[], ...objects: readonly unknown[]): Promise<Said> {
  return run(kubectlPeer?.kubeconfig, args, objects);
}

/** As {@link kubectlDoes}, on another cluster. */
export const kubectlAt =
  (kubeconfig: string) =>
  async (args: readonly string[], ...objects: readonly unknown[]): Promise<string> =>
    outputOf(args, await run(kubeconfig, args, objects));

function run(
  kubeconfig: string | undefined,
  args: readonly string[],
  objects: readonly unknown[],
): Promise<Said> {
  if (kubectlPeer === undefined || kubeconfig === undefined) throw new Error("there is no kubectl");
  const { binary } = kubectlPeer;
  return new Promise((resolve, reject) => {
    const env = {
      KUBECONFIG: kubeconfig,
      KUBECACHEDIR: join(dirname(kubeconfig), `kubectl-cache-${process.env["JEST_WORKER_ID"] ?? ""}`),
    };
    const child = execFile(binary, [...args], { env }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  });
}

/** As {@link kubectl}, where it has to work: its standard output. */
export async function kubectlDoes(args: readonly string[], ...objects: readonly unknown[]): Promise<string> {
  return outputOf(args, await kubectl(args, ...objects));
}

function outputOf(args: readonly string[], { code, stdout, stderr }: Said): string {
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** One object as the server has it. */
// biome-ignore lint/suspicious/noExplicitAny: the object as the server shows it.
export async function read(...what: readonly string[]): Promise<any> {
  return JSON.parse(await kubectlDoes(["get", ...what, "-o", "json"]));
}

/** Longer than any test waits, also on a busy machine: what goes on polling after its test would keep jest from ending. */
const PATIENCE_MILLISECONDS = 240_000;

/** Polls as a person would, until it holds. The test's own limit tells where it never does. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it never holds");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
