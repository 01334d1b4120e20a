import { describeCluster } from "../../contract/cluster.ts";
import { simulatedPeer } from "../../sandbox/kubernetes/peer.ts";

/** test/peers/kubernetes.test.ts holds the same suite against a real kube-apiserver. */
describeCluster("the adapter on the simulator", simulatedPeer, { evaluatesRules: false });
