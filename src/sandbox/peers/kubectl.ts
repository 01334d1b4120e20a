import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Servers } from "./servers.ts";

/** Runs kubectl as the administrator; what it caches goes with the servers' folder. Rejects with what it says. */
export async function kubectl(
  { kubectl: binary, kubeconfig }: Pick<Servers, "kubectl" | "kubeconfig">,
  args: readonly string[],
): Promise<void> {
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), "kubectl-cache") };
  await promisify(execFile)(binary, [...args], { env });
}
