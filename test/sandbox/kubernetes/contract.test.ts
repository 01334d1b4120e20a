import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { describeContract } from "../../contract/kubernetes.ts";
import { sequence } from "./builders.ts";

/**
 * KUBERNETES_PEER_URL and KUBERNETES_PEER_TOKEN hold the same suite against a real kube-apiserver
 * (it makes a namespace and CustomResourceDefinitions of its own there); KUBERNETES_PEER_ETCD adds what needs a
 * compaction of its etcd.
 */
const { KUBERNETES_PEER_URL: url, KUBERNETES_PEER_TOKEN: token, KUBERNETES_PEER_ETCD: etcd } = process.env;

/**
 * Through etcd's JSON gateway (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/). The API server must run with
 * ListFromCacheSnapshot=false: else its own snapshots serve old versions until its compactor comes round (5 min).
 */
async function compactEtcd(): Promise<void> {
  const ask = async (path: string, body: unknown): Promise<{ header: { revision: string } }> => {
    const answer = await fetch(`${etcd}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    return (await answer.json()) as { header: { revision: string } };
  };
  const { header } = await ask("range", { key: Buffer.from("x").toString("base64") });
  await ask("compaction", { revision: header.revision, physical: true });
}

if (url !== undefined) {
  describeContract("a kube-apiserver", async () => ({
    url,
    ...(token === undefined ? {} : { token }),
    stop: async () => undefined,
    ...(etcd === undefined ? {} : { expireHistory: compactEtcd }),
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
