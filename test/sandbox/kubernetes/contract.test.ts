import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { describeContract } from "../../contract/kubernetes.ts";
import { sequence } from "./builders.ts";

/**
 * KUBERNETES_PEER_URL and KUBERNETES_PEER_TOKEN hold the same suite against a real kube-apiserver
 * (it makes a namespace and CustomResourceDefinitions of its own there).
 */
const { KUBERNETES_PEER_URL: url, KUBERNETES_PEER_TOKEN: token } = process.env;

if (url !== undefined) {
  describeContract("a kube-apiserver", async () => ({
    url,
    ...(token === undefined ? {} : { token }),
    stop: async () => undefined,
  }));
} else {
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
}
