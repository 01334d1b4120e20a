import { describeCluster } from "../contract/cluster.ts";
import { describeContract } from "../contract/kubernetes.ts";
import { compactEtcd } from "./etcd.ts";
import { describeWhere, kubernetesPeer } from "./peers.ts";

/** The contracts of the Kubernetes API and of the adapter, on a real kube-apiserver. It makes objects of its own there. */
describeWhere(kubernetesPeer)("real Kubernetes", () => {
  const { url = "", token, etcd }: { url?: string; token?: string; etcd?: string } = kubernetesPeer ?? {};
  const peer = async () => ({
    url,
    ...(token === undefined ? {} : { token }),
    stop: async () => undefined,
    ...(etcd === undefined ? {} : { expireHistory: () => compactEtcd(etcd) }),
  });
  describeContract("a kube-apiserver", peer);
  describeCluster("the adapter on a kube-apiserver", peer, { evaluatesRules: true });
});
