/** What can go wrong in a cluster, as arbitraries: each lays one trouble on a draft. */
import fc from "fast-check";
import { type Address, prefixMembers } from "../../src/domain/address.ts";
import type { InstanceState, ManagedNode, NetworkInterface, PodView } from "../../src/domain/evidence.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import { CAUSES, type VpcIPSpec } from "../../src/domain/objects/vpcip.ts";
import { ago, claimOf, labels, mark, pod, record, staticClaim } from "./builders.ts";
import {
  type Draft,
  PREFIX,
  PRIMARIES,
  SINGLES,
  someAddress,
  someContainer,
  someInstance,
  someInterface,
  someNode,
  somePodName,
  somePodUID,
  type Trouble,
  tagsOf,
  trouble,
} from "./messy.ts";

/** As somebody wrote it before anybody checked: leading zeros, or IPv4 mapped into IPv6. */
const spelled = (address: Address, oddly: boolean): string =>
  oddly ? address.replace(/^10\./, "010.") : address;

function changeNode(draft: Draft, name: string, change: Partial<ManagedNode>): void {
  const old = draft.nodes.get(name);
  if (old !== undefined) draft.nodes.set(name, { ...old, ...change });
}

function changeStatus(
  draft: Draft,
  name: string,
  change: (status: NodeENIConfigStatus) => NodeENIConfigStatus,
): void {
  const old = draft.nodes.get(name);
  if (old?.config.readable !== true) return;
  const object = { ...old.config.object, status: change(old.config.object.status ?? {}) };
  changeNode(draft, name, { config: { readable: true, object } });
}

function changeInterface(draft: Draft, id: string, change: Partial<NetworkInterface>): void {
  draft.interfaces = draft.interfaces.map((item) => (item.id === id ? { ...item, ...change } : item));
}

/** A Pod has one UID; lists of different moments may show two of one name. */
function addPod(draft: Draft, added: PodView): void {
  draft.pods = [...draft.pods.filter(({ uid }) => uid !== added.uid), added];
}

const without = <T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> => {
  const { [key]: _gone, ...rest } = from;
  return rest;
};

const nodeTroubles = fc.oneof(
  trouble(
    "held",
    fc.tuple(someNode, someAddress, someInterface, fc.boolean(), fc.boolean()),
    (draft, [name, address, interfaceID, isCooling, oddly]) =>
      changeStatus(draft, name, (status) => {
        const entry = { address: spelled(address, oddly), interfaceID };
        return isCooling
          ? { ...status, cooling: [...(status.cooling ?? []), { ...entry, until: ago(-60) }] }
          : { ...status, pool: [...(status.pool ?? []), entry] };
      }),
  ),
  trouble(
    "in use",
    fc.tuple(someNode, someAddress, someContainer, somePodUID, fc.boolean()),
    (draft, [name, address, containerID, podUID, oddly]) =>
      changeStatus(draft, name, (status) => ({
        ...status,
        inUse: [...(status.inUse ?? []), { address: spelled(address, oddly), containerID, podUID }],
      })),
  ),
  trouble(
    "refill",
    fc.tuple(someNode, someInterface, fc.constantFrom(1, 700)),
    (draft, [name, interfaceID, seconds]) =>
      changeStatus(draft, name, (status) => ({
        ...status,
        refills: [...(status.refills ?? []), { id: "r", interfaceID, count: 1, startedAt: ago(seconds) }],
      })),
  ),
  trouble("knows interface", fc.tuple(someNode, someInterface), (draft, [name, id]) =>
    changeStatus(draft, name, (status) => ({
      ...status,
      interfaces: [...(status.interfaces ?? []), { id }],
    })),
  ),
  trouble("instance of config", fc.tuple(someNode, someInstance), (draft, [name, instanceID]) =>
    changeStatus(draft, name, (status) => ({ ...status, instanceID })),
  ),
  trouble("config names no instance", someNode, (draft, name) =>
    changeStatus(draft, name, (status) => without(status, "instanceID")),
  ),
  trouble("foreign allocator", someNode, (draft, name) =>
    changeStatus(draft, name, (status) => ({ ...status, allocator: "foreign" })),
  ),
  trouble("config unreadable", someNode, (draft, name) =>
    changeNode(draft, name, { config: { readable: false, name, why: "pruned" } }),
  ),
  trouble("changed meanwhile", someNode, (draft, name) =>
    changeNode(draft, name, { changedMeanwhile: true }),
  ),
  trouble("Node", fc.tuple(someNode, fc.option(someInstance)), (draft, [name, instanceID]) =>
    changeNode(draft, name, { node: instanceID === null ? "missing" : { name, instanceID } }),
  ),
  trouble("report", fc.tuple(someNode, fc.boolean()), (draft, [name, isThere]) => {
    const old = draft.nodes.get(name);
    if (old === undefined) return;
    draft.nodes.set(
      name,
      isThere ? { ...old, report: { valid: false, why: "old" } } : without(old, "report"),
    );
  }),
  trouble("node gone", someNode, (draft, name) => void draft.nodes.delete(name)),
  trouble(
    "instance",
    fc.tuple(
      someInstance,
      fc.constantFrom<(InstanceState | "nobody asked")[]>(
        "running",
        "stopped",
        "stopping",
        "shutting-down",
        "terminated",
        "not-found",
        "unknown",
        "nobody asked",
      ),
    ),
    (draft, [id, state]) =>
      void (state === "nobody asked" ? draft.instances.delete(id) : draft.instances.set(id, state)),
  ),
);

const interfaceTroubles = fc.oneof(
  trouble(
    "kind",
    fc.tuple(
      someInterface,
      fc.constantFrom<Partial<NetworkInterface>[]>(
        { type: "trunk" },
        { requesterManaged: true },
        { operatorManaged: true },
        { status: "pending" },
        { attachment: { instanceID: "i-a", status: "detaching" } },
        { attachment: { instanceID: "i-a" } },
        { attachment: { instanceID: "i-b", status: "attached" } },
        { attachment: { instanceID: "i-elsewhere", status: "attached" } },
        { attachment: { status: "attached" } },
      ),
    ),
    (draft, [id, change]) => changeInterface(draft, id, change),
  ),
  trouble(
    "left out",
    fc.tuple(someInterface, fc.constantFrom("type", "requesterManaged", "attachment", "tags")),
    (draft, [id, key]) => {
      draft.interfaces = draft.interfaces.map((item) => (item.id === id ? without(item, key) : item));
    },
  ),
  trouble("detached", fc.tuple(someInterface, someNode, someInstance), (draft, [id, name, instanceID]) => {
    draft.interfaces = draft.interfaces.map((item) =>
      item.id === id
        ? { ...without(item, "attachment"), status: "available", tags: tagsOf(name, instanceID) }
        : item,
    );
  }),
  trouble(
    "tag",
    fc.tuple(
      someInterface,
      fc.constantFrom(
        { "vpcip.dev/keep": "" },
        { "node.k8s.amazonaws.com/no_manage": "true" },
        { "vpcip.dev/cluster-uid": "another" },
        { "vpcip.dev/node": "node-b" },
      ),
    ),
    (draft, [id, tags]) => {
      const old = draft.interfaces.find((item) => item.id === id)?.tags;
      changeInterface(draft, id, { tags: { ...old, ...tags } });
    },
  ),
  trouble("also has", fc.tuple(someInterface, someAddress), (draft, [id, address]) => {
    const old = draft.interfaces.find((item) => item.id === id)?.addresses ?? [];
    if (!old.includes(address)) changeInterface(draft, id, { addresses: [...old, address] });
  }),
  trouble("has no more", someAddress, (draft, address) => {
    draft.interfaces = draft.interfaces.map((item) => ({
      ...item,
      addresses: item.addresses.filter((one) => one !== address),
    }));
  }),
  trouble("primary", fc.tuple(someInterface, someAddress), (draft, [id, primary]) =>
    changeInterface(draft, id, { primary }),
  ),
  trouble("cluster unknown", fc.constant(0), (draft) => {
    draft.cluster = undefined;
  }),
);

const specOf = fc.record(
  {
    nodeName: someNode,
    instanceID: someInstance,
    interfaceID: someInterface,
    claim: fc
      .record(
        {
          name: somePodName,
          podUID: somePodUID,
          containerID: someContainer,
          uid: fc.constantFrom("claim-1", "claim-2"),
        },
        { requiredKeys: ["name", "podUID", "containerID"] },
      )
      .map(claimOf),
    leak: fc
      .tuple(
        fc.constantFrom(...CAUSES),
        fc.constantFrom("Address" as const, "Interface" as const),
        fc.constantFrom(60, 1800, 2400, 3600, 9000),
      )
      .map(([cause, scope, seconds]) => mark({ cause, scope, firstObservedAt: ago(seconds) })),
    release: someInterface.map((interfaceID) => ({ run: "other", interfaceID, time: ago(60) })),
    tombstones: fc
      .tuple(someInterface, fc.constantFrom(60, -60))
      .map(([interfaceID, seconds]) => [{ interfaceID, until: ago(seconds) }]),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<VpcIPSpec>>;

const recordTroubles = fc.oneof(
  trouble("record changed", fc.tuple(someAddress, specOf), (draft, [address, spec]) => {
    const old = draft.vpcIPs?.get(address);
    const before = old?.known === "whole" ? old.object.spec : record().spec;
    draft.vpcIPs?.set(address, { known: "whole", object: record({ ...before, ...spec }, address) });
  }),
  trouble("record", fc.tuple(someAddress, specOf, fc.boolean()), (draft, [address, spec, isOptedOut]) => {
    const annotations = isOptedOut ? { "vpcip.dev/keep": "" } : undefined;
    draft.vpcIPs?.set(address, { known: "whole", object: record(spec, address, annotations) });
  }),
  trouble(
    "labels only",
    fc.tuple(someAddress, somePodUID, fc.boolean()),
    (draft, [address, podUID, keep]) =>
      void draft.vpcIPs?.set(address, labels({ podUID, ...(keep ? { keep } : {}) })),
  ),
  trouble(
    "record unreadable",
    someAddress,
    (draft, address) => void draft.vpcIPs?.set(address, { known: "unreadable", why: "an unknown field" }),
  ),
  trouble("no record", someAddress, (draft, address) => void draft.vpcIPs?.delete(address)),
  trouble("not read", fc.constantFrom("vpcIPs" as const, "claims" as const), (draft, what) => {
    draft[what] = undefined;
  }),
);

const podTroubles = fc.oneof(
  trouble(
    "Pod",
    fc.record({
      uid: somePodUID,
      name: somePodName,
      nodeName: someNode,
      finished: fc.boolean(),
      terminating: fc.boolean(),
      keep: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
      addresses: fc.uniqueArray(someAddress, { maxLength: 2 }),
    }),
    (draft, drawn) => addPod(draft, pod(drawn)),
  ),
  trouble("alive by metadata", fc.option(somePodUID), (draft, uid) => {
    draft.livePodUIDs = new Set([...(draft.livePodUIDs ?? []), ...(uid === null ? [] : [uid])]);
  }),
  trouble(
    "static claim",
    fc.tuple(
      somePodName,
      fc.record({
        uid: fc.constantFrom("claim-1", "claim-2"),
        address: fc.option(someAddress),
        isStatic: fc.boolean(),
        oddly: fc.boolean(),
      }),
      fc.constantFrom(undefined, "WithPod" as const, "Never" as const, "AfterExpiry" as const),
      fc.constantFrom(undefined, "5m", "2h", "99999999999999999999h"),
      fc.constantFrom(undefined, 60, 3600),
    ),
    (draft, [name, { uid, address, isStatic, oddly }, reclaimPolicy, expireAfter, seconds]) => {
      const claim = staticClaim(
        { static: isStatic, ...(reclaimPolicy && { reclaimPolicy }), ...(expireAfter && { expireAfter }) },
        seconds === undefined ? {} : { detachedAt: ago(seconds) },
      );
      const { address: _address, ...status } = claim.object.status ?? {};
      draft.claims?.set(`shop/${name}`, {
        readable: true,
        object: {
          ...claim.object,
          metadata: { ...claim.object.metadata, name, uid },
          status: address === null ? status : { ...status, address: spelled(address, oddly) },
        },
      });
    },
  ),
  trouble(
    "claim unreadable",
    somePodName,
    (draft, name) =>
      void draft.claims?.set(`shop/${name}`, {
        readable: false,
        name: `shop/${name}`,
        why: "an unknown field",
      }),
  ),
);

/** A sandbox that was made again: the Pod lives, with another address of the same node (H42). */
const replacedSandbox = trouble(
  "sandbox made again",
  fc.tuple(fc.constantFrom(...SINGLES), fc.constantFrom(...SINGLES), fc.boolean()),
  (draft, [old, newer, isReported]) => {
    for (const [address, containerID] of [
      [old, "container-1"],
      [newer, "container-2"],
    ] as const) {
      const before = draft.vpcIPs?.get(address);
      const spec = before?.known === "whole" ? before.object.spec : {};
      draft.vpcIPs?.set(address, {
        known: "whole",
        object: record({ ...spec, claim: claimOf({ containerID }) }, address),
      });
    }
    addPod(draft, pod({ addresses: [newer] }));
    if (!isReported) return;
    changeStatus(draft, "node-a", (status) => ({
      ...status,
      inUse: [...(status.inUse ?? []), { address: newer, containerID: "container-2", podUID: "pod-1" }],
    }));
  },
);

/** The primary of an interface listed where it must not be (nothing that EC2 says, and nothing to release for it). */
const strangeInterface = trouble(
  "strange",
  fc.constantFrom(
    "primary among secondaries" as const,
    "prefix member listed alone" as const,
    "primary in prefix" as const,
  ),
  (draft, how) => {
    const [, P2] = PRIMARIES;
    const [first] = prefixMembers(PREFIX);
    if (first === undefined || P2 === undefined) return;
    if (how === "primary among secondaries") changeInterface(draft, "eni-p", { addresses: [P2] });
    if (how === "prefix member listed alone") changeInterface(draft, "eni-p", { addresses: [first] });
    if (how === "primary in prefix") changeInterface(draft, "eni-p", { primary: first });
  },
);

export const troubles = (maxLength: number): fc.Arbitrary<readonly Trouble[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: nodeTroubles },
      { weight: 3, arbitrary: interfaceTroubles },
      { weight: 5, arbitrary: recordTroubles },
      { weight: 5, arbitrary: podTroubles },
      { weight: 1, arbitrary: replacedSandbox },
      { weight: 1, arbitrary: strangeInterface },
    ),
    { maxLength },
  );
