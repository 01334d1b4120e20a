import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { describeCluster } from "../../contract/cluster.ts";

/** KUBERNETES_PEER_URL and KUBERNETES_PEER_TOKEN hold the same suite against a real kube-apiserver. */
const { KUBERNETES_PEER_URL: url, KUBERNETES_PEER_TOKEN: token } = process.env;

if (url !== undefined) {
  const peer = { url, ...(token === undefined ? {} : { token }), stop: async () => undefined };
  describeCluster("the adapter on a kube-apiserver", async () => peer, { evaluatesRules: true });
} else {
  describeCluster(
    "the adapter on the simulator",
    async () => {
      let seed = 0;
      const simulator = new KubernetesSimulator({
        clock: () => Date.parse("2026-06-01T12:00:00.500Z"),
        random: () => {
          seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
          return seed / 2 ** 31;
        },
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
}
