import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { describeCluster } from "../../contract/cluster.ts";
import { sequence } from "../../sandbox/kubernetes/builders.ts";

/** test/peers/kubernetes.test.ts holds the same suite against a real kube-apiserver. */
describeCluster(
  "the adapter on the simulator",
  async () => {
    const simulator = new KubernetesSimulator({
      clock: () => Date.parse("2026-06-01T12:00:00.500Z"),
      random: sequence(1),
      access: { tokens: { secret: "contract" } },
    });
    return {
      url: await simulator.start(),
      token: "secret",
      stop: () => simulator.stop(),
    };
  },
  { evaluatesRules: false },
);
