import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import type { KubernetesPeer } from "../../contract/kubernetes.ts";
import { sequence } from "./builders.ts";

/** The simulator as the contract suites see it. */
export async function simulatedPeer(): Promise<KubernetesPeer> {
  const simulator = new KubernetesSimulator({
    clock: () => Date.parse("2026-06-01T12:00:00.500Z"),
    random: sequence(1),
    access: { tokens: { secret: "contract" } },
  });
  return {
    url: await simulator.start(),
    token: "secret",
    stop: () => simulator.stop(),
    expireHistory: async () => simulator.compact(),
  };
}
