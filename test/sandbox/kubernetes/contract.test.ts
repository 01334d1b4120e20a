import { describeContract } from "../../contract/kubernetes.ts";
import { simulatedPeer } from "./peer.ts";

/** test/peers/kubernetes.test.ts holds the same suite against a real kube-apiserver. */
describeContract("the Kubernetes simulator", simulatedPeer);
