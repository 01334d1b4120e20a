/** What can go wrong with VpcIPs, claims and Pods. */
import fc from "fast-check";
import { CAUSES, type VpcIPSpec } from "../../src/domain/objects/vpcip.ts";
import { ago, claimOf, labels, lentTo, mark, pod, record, staticClaim } from "./builders.ts";
import { addPod, changeStatus, spelled } from "./draft-changes.ts";
import {
  SINGLES,
  someAddress,
  someContainer,
  someInstance,
  someInterface,
  someNode,
  somePodName,
  somePodUID,
  trouble,
} from "./messy.ts";

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

export const recordTroubles = fc.oneof(
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

export const podTroubles = fc.oneof(
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
    fc.tuple(somePodName, fc.option(fc.record({ address: fc.option(someAddress), oddly: fc.boolean() }))),
    (draft, [name, told]) => {
      const unread = { readable: false, name: `shop/${name}`, why: "an unknown field" } as const;
      const address = told?.address == null ? undefined : spelled(told.address, told.oddly);
      const raw = { spec: { static: true }, status: address === undefined ? {} : { address } };
      draft.claims?.set(`shop/${name}`, told === null ? unread : { ...unread, raw });
    },
  ),
);

/** A detached interface is marked by the record of a static claim that waits for its primary. */
export const lentRecord = trouble(
  "lent record",
  fc.record({
    interfaceID: fc.constantFrom("eni-o", "eni-d", "eni-elsewhere"),
    uid: fc.constantFrom("claim-1", "claim-2"),
    podUID: somePodUID,
    hasClaim: fc.boolean(),
    isOptedOut: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
    leak: fc
      .tuple(
        fc.constantFrom("never-recorded" as const, "interface-orphaned" as const, "claim-gone" as const),
        fc.constantFrom(60, 2400, 3600, 9000),
      )
      .map(([cause, seconds]) => ({
        cause,
        scope: cause === "claim-gone" ? ("Address" as const) : ("Interface" as const),
        firstObservedAt: ago(seconds),
      })),
  }),
  (draft, { interfaceID, uid, podUID, hasClaim, isOptedOut, leak }) => {
    const address = draft.interfaces.find(({ id }) => id === interfaceID)?.primary ?? SINGLES[0];
    if (address === undefined) return;
    const nodeName = interfaceID === "eni-d" ? "node-d" : "node-a";
    const laid = lentTo(interfaceID, address, { nodeName, claim: claimOf({ uid, podUID }), leak });
    if (laid.known !== "whole") return;
    const annotations = isOptedOut ? { "vpcip.dev/keep": "" } : {};
    const object = { ...laid.object, metadata: { ...laid.object.metadata, annotations } };
    draft.vpcIPs?.set(address, { known: "whole", object });
    if (hasClaim) draft.claims?.set("shop/web-0", staticClaim({}, { address, podUID }));
  },
);

/** A sandbox that was made again: the Pod lives, with another address of the same node (H42). */
export const replacedSandbox = trouble(
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
