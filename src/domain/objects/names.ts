/** Every name that objects, interfaces and people share: one place, so that no two spellings exist. */

export const API_GROUP = "vpcip.dev";
export const API_VERSION = "v1alpha1";
export const SYSTEM_NAMESPACE = "vpcip-system";

/** Labels mirror parts of `spec`, written together with it. They choose suspects; they never prove. */
export const LABEL = {
  node: "vpcip.dev/node",
  instance: "vpcip.dev/instance",
  interface: "vpcip.dev/interface",
  state: "vpcip.dev/state",
  podUID: "vpcip.dev/pod-uid",
  /** When a mark was made, seconds since the epoch in API-server time. */
  markedAt: "vpcip.dev/marked-at",
  static: "vpcip.dev/static",
  /** Its VpcIP carries tombstones, whatever else it is about. */
  bound: "vpcip.dev/bound",
  sentinel: "vpcip.dev/sentinel",
  nodeGroup: "vpcip.dev/node-group",
} as const;

export const ANNOTATION = {
  /** On a VpcIP: a person wants this address kept, whatever the evidence. */
  keep: "vpcip.dev/keep",
  /** On a VpcIP: until when its work is put off, how often it was, and about which mark. */
  putOff: "vpcip.dev/put-off",
  /** On a Lease: who asks for the world to stop; the rest of the key is the request's own ID, so that no two reset one another. */
  handOverRequestPrefix: "request.vpcip.dev/",
  /** On a Lease: the identity under which an allocator acquired it last. A report is valid while it names the same one. */
  lastAllocator: "vpcip.dev/last-allocator",
  /** On a NodeENIConfig: API-server time of the first look at which its instance was gone. */
  goneSince: "vpcip.dev/instance-gone-since",
  /** On the sentinel NodeENIConfig: how many runs there have been. */
  runCounter: "vpcip.dev/run-counter",
} as const;

/** Tags of interfaces. The agent sets ours on every interface that it attaches, the primary too. */
export const TAG = {
  clusterName: "vpcip.dev/cluster-name",
  clusterUID: "vpcip.dev/cluster-uid",
  node: "vpcip.dev/node",
  instance: "vpcip.dev/instance-id",
  nodeGroup: "vpcip.dev/node-group",
  keep: "vpcip.dev/keep",
  /** What the Amazon VPC CNI calls "do not manage this interface" (amazon-vpc-cni-k8s, README, "ENI tags"). */
  vpcCniNoManage: "node.k8s.amazonaws.com/no_manage",
} as const;

/** Names of the sentinels: objects that must be in every complete list (design: lost memory). */
export const SENTINEL = {
  vpcIP: "0.0.0.0",
  nodeENIConfig: "sentinel.vpcip.dev",
  claim: { namespace: SYSTEM_NAMESPACE, name: "sentinel" },
} as const;

/** The one object that every path reads before it changes anything: freeze and breaker. */
export const FREEZE_CONFIG_MAP = { namespace: SYSTEM_NAMESPACE, name: "reclaimer-freeze" } as const;

/** Labels of Node objects that name the node's group, the first found counts. */
export const NODE_GROUP_LABELS = [
  LABEL.nodeGroup,
  "eks.amazonaws.com/nodegroup",
  "karpenter.sh/nodepool",
  "alpha.eksctl.io/nodegroup-name",
] as const;

const LABEL_VALUE_LIMIT = 63;

/** Whether an opt-out is on: whatever a person wrote there means keep, except a plain "false". */
export function saysKeep(
  written: Readonly<Record<string, string>> | undefined,
  key: string = ANNOTATION.keep,
): boolean {
  return (written?.[key] ?? "false") !== "false";
}

/**
 * A text as a label value (at most 63 characters, Kubernetes "Labels and Selectors"). A longer text keeps its end,
 * behind a hash of the whole, so that two long node names stay apart.
 */
export function labelValue(text: string): string {
  if (text.length <= LABEL_VALUE_LIMIT) return text;
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `h${hash.toString(16).padStart(8, "0")}.${text.slice(-(LABEL_VALUE_LIMIT - 10))}`.replace(
    /\.[-._]+/,
    ".x",
  );
}
