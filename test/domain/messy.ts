/** Messy clusters: a small one in which everything is leaked and due, and troubles that are laid on top of it. */
import fc from "fast-check";
import { type Address, prefixMembers } from "../../src/domain/address.ts";
import type {
  Evidence,
  InstanceState,
  ManagedNode,
  NetworkInterface,
  PodView,
  VpcIPEvidence,
} from "../../src/domain/evidence.ts";
import type { Parsed } from "../../src/domain/objects/metadata.ts";
import type { StoredVpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import { block, CLUSTER, interface_, ip, mark, NOW, node, orphan, vpcIP } from "./builders.ts";

/** Evidence that can still be changed. */
export interface Draft {
  cluster: Evidence["cluster"];
  interfaces: NetworkInterface[];
  nodes: Map<string, ManagedNode>;
  vpcIPs: Map<Address, VpcIPEvidence> | undefined;
  pods: PodView[];
  livePodUIDs: Set<string> | undefined;
  claims: Map<string, Parsed<StoredVpcIPClaim>> | undefined;
  instances: Map<string, InstanceState>;
}

export interface Trouble {
  readonly what: string;
  readonly lay: (draft: Draft) => void;
}

export const PREFIX = block("10.0.1.16/28");
export const SINGLES = ["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.20", "10.0.0.40"].map(ip);
export const PRIMARIES = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"].map(ip);
const [P1, P2, P3, P4, P5] = PRIMARIES as [Address, Address, Address, Address, Address];
const [A1, A2, A3, B1, O1] = SINGLES as [Address, Address, Address, Address, Address];

/** Two nodes, a prefix, an orphan of each kind: nothing accounts for anything, all is marked, all reports hold. */
export function everythingLeaked(): Draft {
  const onB = { instanceID: "i-b", status: "attached" };
  const interfaces = [
    interface_({ addresses: [A1, A2, A3], primary: P1 }),
    interface_({ id: "eni-p", addresses: [], primary: P2, prefixes: [PREFIX] }),
    interface_({ id: "eni-b", addresses: [B1], primary: P3, attachment: onB }),
    orphan({ addresses: [O1], primary: P4 }),
    orphan({ id: "eni-d", addresses: [], primary: P5, tags: tagsOf("node-d", "i-d") }),
  ];
  const viewB = { name: "node-b", instanceID: "i-b", bootID: "boot-1" };
  const nodes = new Map([
    ["node-a", node()],
    ["node-b", { ...node({ instanceID: "i-b" }), node: viewB }],
  ]);
  const vpcIPs = new Map<Address, VpcIPEvidence>();
  const put = (
    address: Address,
    interfaceID: string,
    scope: "Address" | "Interface",
    nodeName = "node-a",
  ) => {
    const cause = scope === "Interface" ? "interface-orphaned" : "never-recorded";
    const instanceID = `i-${nodeName.slice(-1)}`;
    vpcIPs.set(address, vpcIP({ interfaceID, nodeName, instanceID, leak: mark({ scope, cause }) }, address));
  };
  for (const address of [A1, A2, A3]) put(address, "eni-a", "Address");
  for (const address of prefixMembers(PREFIX)) put(address, "eni-p", "Address");
  put(B1, "eni-b", "Address", "node-b");
  put(P4, "eni-o", "Interface");
  put(P5, "eni-d", "Interface", "node-d");
  return {
    cluster: { uid: CLUSTER },
    interfaces,
    nodes,
    vpcIPs,
    pods: [],
    livePodUIDs: undefined,
    claims: new Map(),
    instances: new Map<string, InstanceState>([
      ["i-a", "running"],
      ["i-d", "terminated"],
    ]),
  };
}

export const tagsOf = (nodeName: string, instanceID: string): Record<string, string> => ({
  "vpcip.dev/cluster-uid": CLUSTER,
  "vpcip.dev/node": nodeName,
  "vpcip.dev/instance-id": instanceID,
});

/** The evidence of a draft with troubles on top. */
export function messy(troubles: readonly Trouble[]): Evidence {
  const draft = everythingLeaked();
  for (const { lay } of troubles) lay(draft);
  const { cluster, vpcIPs, livePodUIDs, claims, ...rest } = draft;
  return {
    ...rest,
    now: NOW,
    ...(cluster === undefined ? {} : { cluster }),
    ...(vpcIPs === undefined ? {} : { vpcIPs }),
    ...(livePodUIDs === undefined ? {} : { livePodUIDs }),
    ...(claims === undefined ? {} : { claims }),
  };
}

export const someAddress = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SINGLES) },
  { weight: 2, arbitrary: fc.constantFrom(...prefixMembers(PREFIX)) },
  { weight: 1, arbitrary: fc.constantFrom(...PRIMARIES, ip("10.9.9.9")) },
);
export const someInterface = fc.constantFrom("eni-a", "eni-p", "eni-b", "eni-o", "eni-d", "eni-elsewhere");
export const someNode = fc.constantFrom("node-a", "node-b", "node-d", "node-elsewhere");
export const someInstance = fc.constantFrom("i-a", "i-b", "i-d", "i-elsewhere");
export const somePodUID = fc.constantFrom("pod-1", "pod-2");
export const someContainer = fc.constantFrom("container-1", "container-2");
export const somePodName = fc.constantFrom("web-0", "web-1");

/** A trouble whose parts are drawn, told by the parts so that a counter-example can be read. */
export function trouble<T>(
  name: string,
  parts: fc.Arbitrary<T>,
  lay: (draft: Draft, drawn: T) => void,
): fc.Arbitrary<Trouble> {
  return parts.map((drawn) => {
    const what = `${name} ${JSON.stringify(drawn)}`;
    return { what, lay: (draft: Draft) => lay(draft, drawn), toString: () => what };
  });
}
