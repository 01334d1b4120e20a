/** What can go wrong with nodes and interfaces. */
import fc from "fast-check";
import { prefixMembers } from "../../src/domain/address.ts";
import type { InstanceState, NetworkInterface } from "../../src/domain/evidence.ts";
import { INTERFACE_STATES } from "../../src/domain/objects/nodeeniconfig.ts";
import { ago } from "./builders.ts";
import { changeInterface, changeNode, changeStatus, spelled, without } from "./draft-changes.ts";
import {
  PREFIX,
  PRIMARIES,
  someAddress,
  someContainer,
  someInstance,
  someInterface,
  someNode,
  somePodUID,
  tagsOf,
  trouble,
} from "./messy.ts";

export const nodeTroubles = fc.oneof(
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
  trouble(
    "knows interface",
    fc.tuple(someNode, someInterface, fc.option(fc.constantFrom(...INTERFACE_STATES))),
    (draft, [name, id, state]) =>
      changeStatus(draft, name, (status) => ({
        ...status,
        interfaces: [
          ...(status.interfaces ?? []).filter((listed) => listed.id !== id),
          { id, ...(state === null ? {} : { state }) },
        ],
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

export const interfaceTroubles = fc.oneof(
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

/** The primary of an interface listed where it must not be (nothing that EC2 says, and nothing to release for it). */
export const strangeInterface = trouble(
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
