import { spawn } from "node:child_process";

export interface Said {
  /** Exit status. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl with the person's own kubeconfig and rights. Resolves whatever its exit status is; rejects where it can't be run. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<Said>;

/** What kubectl could not do, in its own words. */
export class KubectlFailed extends Error {
  override readonly name = "KubectlFailed";
}

/** @param more flags of every call: which cluster */
export function kubectlBy(binary: string, more: readonly string[]): Kubectl {
  return (args, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn(binary, [...args, ...more], { stdio: "pipe" });
      const parts = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (part: string) => {
          parts[name] += part;
        });
      child.on("error", (cause) => reject(new KubectlFailed(`${binary} can't be run`, { cause })));
      child.on("close", (code) => resolve({ code: code ?? 1, ...parts }));
      // It may end without having read its input.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
}

/** Its standard output. Throws {@link KubectlFailed} where it doesn't succeed. */
export async function does(kubectl: Kubectl, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new KubectlFailed(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
