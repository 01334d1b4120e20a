import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { describeContract } from "../../contract/kubernetes.ts";
import { sequence } from "./builders.ts";

/** test/peers/kubernetes.test.ts holds the same suite against a real kube-apiserver. */
describeContract("the Kubernetes simulator", async () => {
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
});
