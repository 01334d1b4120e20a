import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeClaims } from "./cluster/claims.ts";
import { describeLeases } from "./cluster/leases.ts";
import { describeNodeConfigs } from "./cluster/node-configs.ts";
import { describePods } from "./cluster/pods.ts";
import { describeRules } from "./cluster/rules.ts";
import { type ClusterPeer, Subject } from "./cluster/subject.ts";
import { describeSystem } from "./cluster/system.ts";
import { describeVpcIPs } from "./cluster/vpcips.ts";

export type { ClusterPeer } from "./cluster/subject.ts";

export interface ClusterOptions {
  /** Whether the peer evaluates x-kubernetes-validations (CEL). Where it doesn't, the tests of the rules are skipped. */
  readonly evaluatesRules: boolean;
}

/**
 * The Kubernetes adapter through its ports, on a peer that speaks the Kubernetes API: the simulator or a real
 * kube-apiserver. It needs no controllers. On a real one it brings the CRDs up to date and leaves objects behind.
 */
export function describeCluster(
  title: string,
  makePeer: () => Promise<ClusterPeer>,
  options: ClusterOptions,
): void {
  describe(title, () => {
    const subject = new Subject();
    beforeAll(async () => {
      await subject.start(await makePeer());
    }, 60_000);
    afterAll(() => subject.stop());
    describeSystem(subject);
    describeVpcIPs(subject);
    describeNodeConfigs(subject);
    describeClaims(subject);
    describePods(subject);
    describeLeases(subject);
    describeRules(subject, options);
  });
}
