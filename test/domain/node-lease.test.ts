import { describe, expect, it } from "@jest/globals";
import {
  carriesRequests,
  givenBack,
  handedOver,
  isAnswered,
  isFree,
  isNodeLease,
  isUnchanged,
  lastAllocator,
  lastInstance,
  newLease,
  renewed,
  requestsOf,
  seen,
  taken,
  withoutRequest,
  withoutRequests,
  withRequest,
} from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";

const T0 = "2026-03-01T12:00:00.000000Z";
const T1 = "2026-03-01T12:00:30.000000Z";
const by = (identity: string, time = T0) => ({ identity, leaseSeconds: 60, time });

const created = newLease("vpcip-system", "node-a", by("allocator/1"));
const lease: StoredLease = { ...created, metadata: { ...created.metadata, uid: "u1", resourceVersion: "1" } };
const free = givenBack(lease);

describe("a node lease", () => {
  it("is held by whoever took it, and free once given back", () => {
    expect(isFree(lease)).toBe(false);
    expect(isFree(free)).toBe(true);
    expect(isFree({ ...lease, spec: {} })).toBe(true);
    expect(taken(free, by("reclaimer/2"), false).spec.holderIdentity).toBe("reclaimer/2");
  });

  it("counts each acquisition, so that no two look alike", () => {
    expect(taken(free, by("reclaimer/2"), false).spec.leaseTransitions).toBe(2);
  });

  it("names the last allocator through every later acquisition by a reclaimer", () => {
    const allocated = taken(free, by("allocator/7"), true);
    const swept = givenBack(taken(givenBack(allocated), by("reclaimer/2"), false));
    expect(lastAllocator(swept)).toBe("allocator/7");
    expect(lastAllocator(taken(swept, by("allocator/8"), true))).toBe("allocator/8");
    expect(lastAllocator(lease)).toBeUndefined();
  });

  it("is not free while it is renewed, and keeps when it was acquired", () => {
    expect(renewed(lease, T1).spec).toMatchObject({
      holderIdentity: "allocator/1",
      acquireTime: T0,
      renewTime: T1,
    });
  });
});

describe("a lease whose holder may be gone", () => {
  it("is unchanged while holder, times and object are the same, whoever asks for it meanwhile (H72)", () => {
    const asked = withRequest(
      { ...lease, metadata: { ...lease.metadata, resourceVersion: "9" } },
      { id: "r", seconds: 15 },
    );
    expect(isUnchanged(asked, seen(lease))).toBe(true);
  });

  it.each<[string, StoredLease]>([
    ["renewed", renewed(lease, T1)],
    ["given back", free],
    ["taken by another, at the very time", taken(lease, by("allocator/2"), true)],
    ["acquired again under the same identity", taken(lease, by("allocator/1", T1), true)],
    ["deleted and made again (H30)", { ...lease, metadata: { ...lease.metadata, uid: "u2" } }],
    ["given a longer term", { ...lease, spec: { ...lease.spec, leaseDurationSeconds: 120 } }],
  ])("has changed where it was %s", (_what, now) => {
    expect(isUnchanged(now, seen(lease))).toBe(false);
  });

  it("has changed where it was acquired again at the very time of its last renewal", () => {
    const again = taken(lease, by("allocator/1", T1), true);
    expect(isUnchanged(again, seen(renewed(lease, T1)))).toBe(false);
  });

  it("is waited for a term that nobody wrote down", () => {
    const { leaseDurationSeconds: _none, ...spec } = lease.spec;
    expect(seen({ ...lease, spec }).durationSeconds).toBe(60);
  });
});

describe("hand-over requests", () => {
  const one = { id: "one", seconds: 15 };
  const two = { id: "two", seconds: 30 };

  it("H72 stand beside one another: neither resets or removes the other", () => {
    const both = withRequest(withRequest(lease, one), two);
    expect(requestsOf(both)).toEqual([one, two]);
    expect(requestsOf(withoutRequest(both, "one"))).toEqual([two]);
  });

  it("are all answered by one hand-over, and stand no more", () => {
    const answered = handedOver(withRequest(withRequest(lease, one), two));
    expect(isFree(answered)).toBe(true);
    expect([isAnswered(answered, "one"), isAnswered(answered, "two")]).toEqual([true, true]);
    expect(requestsOf(answered)).toEqual([]);
  });

  it("are not answered by a lease that is merely free, nor by an answer to another", () => {
    const asked = withRequest(free, one);
    expect(isAnswered(asked, "one")).toBe(false);
    expect(isAnswered(withRequest(handedOver(asked), two), "two")).toBe(false);
  });

  it("keep the annotations that others wrote", () => {
    const noted = taken(lease, by("allocator/1"), true);
    expect(lastAllocator(withoutRequest(withRequest(noted, one), "one"))).toBe("allocator/1");
    expect(lastAllocator(handedOver(withRequest(noted, one)))).toBe("allocator/1");
  });

  it("count only where they say for how long", () => {
    const annotations = {
      "request.vpcip.dev/a": "x",
      "request.vpcip.dev/b": "-1",
      "request.vpcip.dev/c": "",
    };
    expect(requestsOf({ ...lease, metadata: { ...lease.metadata, annotations } })).toEqual([]);
  });
});

describe("what a lease tells of itself", () => {
  const annotated = (annotations: Record<string, string>, labels?: Record<string, string>): StoredLease => ({
    ...lease,
    metadata: { ...lease.metadata, annotations, labels },
  });

  it("is a node's by its label, or by what only a node's lease carries; anything else isn't ours", () => {
    expect(isNodeLease(lease.metadata)).toBe(true);
    expect(isNodeLease(annotated({ "vpcip.dev/last-allocator": "cni/1" }).metadata)).toBe(true);
    expect(isNodeLease(annotated({ "request.vpcip.dev/r": "15" }).metadata)).toBe(true);
    expect(isNodeLease(annotated({ note: "mine" }, { app: "leader" }).metadata)).toBe(false);
    expect(isNodeLease(taken(annotated({}), by("reclaimer/1"), false).metadata)).toBe(true);
  });

  it("is the instance of its last allocator, where that one had one", () => {
    expect(lastInstance(taken(free, by("ipamd/node-a/i-1/u"), true))).toBe("i-1");
    expect(lastInstance(taken(free, by("allocator/1"), true))).toBeUndefined();
    expect(lastInstance(lease)).toBeUndefined();
  });

  it("H49 loses all requests when a reclaimer takes it, and nothing else; keeps those of others when an allocator does", () => {
    const requested = withRequest(withRequest(free, { id: "dead", seconds: 15 }), { id: "r", seconds: 15 });
    const noted = {
      ...requested,
      metadata: { ...requested.metadata, annotations: { ...requested.metadata.annotations, note: "mine" } },
    };
    expect(carriesRequests(noted.metadata)).toBe(true);
    expect(withoutRequests(noted).metadata.annotations).toEqual({ note: "mine" });
    expect(taken(noted, by("reclaimer/1"), false).metadata.annotations).toEqual({ note: "mine" });
    expect(requestsOf(taken(noted, by("allocator/1"), true))).toHaveLength(2);
  });

  it("H11 forgets that its instance was not found once an allocator takes it, and keeps it when a reclaimer does", () => {
    const note = { "vpcip.dev/instance-gone-since": "2026-03-01T12:00:00.000Z i-1" };
    expect(taken(annotated(note), by("reclaimer/1"), false).metadata.annotations).toEqual(note);
    expect(taken(annotated(note), by("ipamd/a/i-1/u"), true).metadata.annotations).toEqual({
      "vpcip.dev/last-allocator": "ipamd/a/i-1/u",
    });
  });
});
