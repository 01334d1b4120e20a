import type { Parameters } from "../stack/stack.ts";
import { ACCOUNT, REGION, type RecordedCall, TOPIC } from "./wire-call.ts";

/** What the functions asked of AWS in one world, and the parameters of the stack that would be theirs. */
export interface Recording {
  readonly name: string;
  readonly mode: "observe" | "release";
  readonly parameters: Parameters;
  readonly calls: readonly RecordedCall[];
}

/** The stack of a cluster of the sandbox. */
export const stackFor = (
  cluster: { readonly clusterName: string; readonly clusterUID: string; readonly vpcID: string },
  mode: Recording["mode"],
): Parameters => ({
  ClusterName: cluster.clusterName,
  ClusterUid: cluster.clusterUID,
  VpcId: cluster.vpcID,
  Mode: mode,
  AlarmTopicArn: TOPIC,
  "AWS::Region": REGION,
  "AWS::AccountId": ACCOUNT,
});
