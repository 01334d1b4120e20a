import { describe, expect, it } from "@jest/globals";
import {
  ago,
  claimOf,
  decided,
  interface_,
  ip,
  node,
  pod,
  record,
  staticClaim,
  unreportedNode,
  vpcIP,
  type World,
  X,
  Y,
} from "../builders.ts";

const NAME = "shop/web-0";
const isStatic = { [X]: vpcIP({ claim: claimOf({ uid: "claim-1" }) }) };
const expiring = { reclaimPolicy: "AfterExpiry", expireAfter: "1h" } as const;

describe("a static claim whose Pod is gone", () => {
  it("keeps its address for ever where no policy says otherwise", () => {
    expect(decided({ vpcIPs: isStatic, claims: { [NAME]: staticClaim() } })).toBe("keep retained");
  });

  it("releases with its Pod where the policy says so, and keeps while a Pod of its name lives", () => {
    const claims = { [NAME]: staticClaim({ reclaimPolicy: "WithPod" }) };
    expect(decided({ vpcIPs: isStatic, claims })).toBe("leaked pod-gone");
    expect(decided({ vpcIPs: isStatic, claims, pods: [pod({ uid: "pod-2" })] })).toBe("keep retained");
    expect(decided({ vpcIPs: isStatic, claims, pods: [pod({ uid: "pod-2", finished: true })] })).toBe(
      "leaked pod-gone",
    );
  });

  it("keeps while its Pod lives on a node that nobody looked at closely", () => {
    const claims = { [NAME]: staticClaim({ reclaimPolicy: "WithPod" }) };
    expect(decided({ claims, livePodUIDs: new Set(["pod-1"]) })).toBe("keep retained");
    expect(decided({ claims, livePodUIDs: new Set(["pod-2"]) })).toBe("leaked never-recorded");
  });

  it("keeps before its expiry and releases after it", () => {
    const at = (seconds: number) => ({ [NAME]: staticClaim(expiring, { detachedAt: ago(seconds) }) });
    expect(decided({ vpcIPs: isStatic, claims: at(3599) })).toBe("keep retained");
    expect(decided({ vpcIPs: isStatic, claims: at(3600) })).toBe("leaked claim-expired");
  });

  it("H33 keeps until the absence of its Pod has been observed once", () => {
    expect(decided({ vpcIPs: isStatic, claims: { [NAME]: staticClaim(expiring) } })).toBe("keep retained");
  });

  it("H34 keeps an expired one while a Pod of its name lives", () => {
    const claims = { [NAME]: staticClaim(expiring, { detachedAt: ago(9000) }) };
    expect(decided({ vpcIPs: isStatic, claims, pods: [pod({ uid: "pod-2" })] })).toBe("keep retained");
  });

  it("keeps while the living Pod is listed beside a finished one of its name", () => {
    const claims = { [NAME]: staticClaim(expiring, { detachedAt: ago(9000) }) };
    const living = pod({ uid: "pod-3" });
    const finished = pod({ uid: "pod-2", finished: true });
    expect(decided({ vpcIPs: isStatic, claims, pods: [living, finished] })).toBe("keep retained");
    expect(decided({ vpcIPs: isStatic, claims, pods: [finished, living] })).toBe("keep retained");
  });

  it("keeps what any of two claims still retains, in whatever order they are listed", () => {
    const expired = staticClaim(expiring, { detachedAt: ago(9000) });
    const standing = staticClaim();
    expect(decided({ claims: { a: expired, b: standing } })).toBe("keep retained");
    expect(decided({ claims: { a: standing, b: expired } })).toBe("keep retained");
    expect(decided({ claims: { a: expired, b: expired } })).toBe("leaked never-recorded");
  });

  it("H19 keeps the address that its status spells with leading zeros", () => {
    expect(decided({ claims: { [NAME]: staticClaim({}, { address: "010.0.0.010" }) } })).toBe(
      "keep retained",
    );
    expect(decided({ claims: { [NAME]: staticClaim({}, { address: "10.0.0.1" }) } })).toBe(
      "leaked never-recorded",
    );
  });

  it("keeps by the UID in its VpcIP where its own status is lost", () => {
    const { status: _lost, ...object } = staticClaim().object;
    const claim = { readable: true, object } as const;
    expect(decided({ vpcIPs: isStatic, claims: { [NAME]: claim } })).toBe("keep retained");
  });

  it("releases what its VpcIP names where the claim names another address: an ADD died between the two", () => {
    const claims = { [NAME]: staticClaim({}, { address: Y }) };
    expect(decided({ vpcIPs: isStatic, claims })).toBe("leaked claim-gone");
    expect(decided({ vpcIPs: isStatic, claims, pods: [pod()] })).toBe("keep claimed");
  });

  it("H74 releases what the claim of another UID of that name doesn't name", () => {
    const vpcIPs = { [X]: vpcIP({ claim: claimOf({ uid: "claim-old" }) }) };
    const claims = { [NAME]: staticClaim({}, { address: Y }) };
    expect(decided({ vpcIPs, claims })).toBe("leaked claim-gone");
    expect(decided({ vpcIPs, claims: {} })).toBe("leaked claim-gone");
  });

  it("H20 keeps as unknown where the claim can't be read, or the claims were not", () => {
    const claims = { [NAME]: { readable: false, name: NAME, why: "pruned" } } as const;
    expect(decided({ vpcIPs: isStatic, claims })).toBe("unknown claim-unreadable");
    expect(decided({ vpcIPs: isStatic, claims: "not read" })).toBe("unknown claims-not-read");
  });

  it("releases what a claim that isn't static left behind", () => {
    const claims = { [NAME]: staticClaim({ static: false }) };
    expect(decided({ vpcIPs: isStatic, claims })).toBe("leaked pod-gone");
  });
});

describe("a sandbox that was made again", () => {
  const vpcIPs = {
    [X]: vpcIP({ claim: claimOf() }),
    [Y]: vpcIP({ claim: claimOf({ containerID: "container-2" }) }, Y),
  };
  const interfaces = [interface_({ addresses: [X, Y] })];
  const pods = [pod({ addresses: [Y] })];
  const newer = { address: Y, containerID: "container-2", podUID: "pod-1" };
  const older = { address: X, containerID: "container-1", podUID: "pod-1" };
  const world = { vpcIPs, interfaces, pods, nodes: { "node-a": node({ inUse: [newer] }) } };

  it("H42 releases the old sandbox's address, and keeps the new one's", () => {
    expect(decided(world, X)).toBe("leaked sandbox-replaced");
    expect(decided(world, Y)).toBe("keep in-use");
  });

  it("H42 keeps both while the report shows the old container, with whatever address", () => {
    expect(decided({ ...world, nodes: { "node-a": node({ inUse: [newer, older] }) } })).toBe("keep in-use");
    const moved = { ...older, address: Y };
    expect(decided({ ...world, nodes: { "node-a": node({ inUse: [moved, newer] }) } })).toBe("keep claimed");
  });

  it("H26 keeps while the report gives the other address to two Pods", () => {
    const stranger = { ...newer, podUID: "pod-2" };
    for (const inUse of [
      [newer, stranger],
      [stranger, newer],
    ])
      expect(decided({ ...world, nodes: { "node-a": node({ inUse }) } })).toBe("keep claimed");
  });

  it("H26 keeps while the report doesn't show the newer sandbox", () => {
    expect(decided({ ...world, nodes: { "node-a": node({ inUse: [] }) } })).toBe("keep claimed");
  });

  it("marks on the Pod's status alone, where its other address is claimed for it, and not for another Pod", () => {
    const Z = ip("10.0.0.12");
    const records = { ...vpcIPs, [Z]: vpcIP({ claim: claimOf({ containerID: "container-3" }) }, Z) };
    const before = { ...world, nodes: { "node-a": unreportedNode() }, vpcIPs: records };
    expect(decided(before)).toBe("leaked sandbox-replaced");
    const stranger = { ...records, [Y]: vpcIP({ claim: claimOf({ podUID: "pod-2", containerID: "c" }) }, Y) };
    expect(decided({ ...before, vpcIPs: stranger })).toBe("keep claimed");
  });

  it("keeps while the Pod's status still shows the old address too", () => {
    expect(decided({ ...world, pods: [pod({ addresses: [X, Y] })] })).toBe("keep claimed");
  });

  it("keeps while the other address is claimed by the same container, or for another Pod", () => {
    const same = { ...vpcIPs, [Y]: vpcIP({ claim: claimOf() }, Y) };
    expect(decided({ ...world, vpcIPs: same })).toBe("keep claimed");
    const other = { ...vpcIPs, [Y]: vpcIP({ claim: claimOf({ podUID: "pod-2", containerID: "c" }) }, Y) };
    expect(decided({ ...world, vpcIPs: other })).toBe("keep claimed");
  });
});

describe("an address that waits on a node for a Pod of another node", () => {
  const waits = claimOf({ uid: "claim-1", containerID: "container-1" });
  const there = record({ nodeName: "node-b", claim: claimOf({ containerID: "container-2" }) }, Y);
  const served = (over: Partial<Parameters<typeof pod>[0]> = {}, more: World = {}) =>
    decided({
      vpcIPs: { [X]: vpcIP({ claim: waits }), [Y]: { known: "whole", object: there } },
      pods: [pod({ nodeName: "node-b", addresses: [Y], ...over })],
      claims: {},
      nodes: { "node-a": node({ inUse: [] }) },
      ...more,
    });

  it("is released where its claim is gone, and the Pod has another one on its own node", () => {
    expect(served()).toBe("leaked sandbox-replaced");
  });

  it("is kept where the Pod shows it, or nothing yet, or is of this node, or opted out", () => {
    expect(served({ addresses: [X, Y] })).toBe("keep claimed");
    expect(served({ addresses: [] })).toBe("keep claimed");
    expect(served({ nodeName: "node-a" })).toBe("keep claimed");
    expect(served({ keep: true })).toBe("keep opt-out");
  });

  it("is kept where the static claim still names it", () => {
    const claims = { [NAME]: staticClaim({}, { address: X }) };
    expect(served({}, { claims })).toBe("keep retained");
  });

  it("is kept where the other address is recorded for nobody, or for another Pod", () => {
    const vpcIPs = { [X]: vpcIP({ claim: waits }) };
    expect(served({}, { vpcIPs })).toBe("keep claimed");
    const stranger = vpcIP({ claim: claimOf({ podUID: "pod-2", containerID: "c" }) }, Y);
    expect(served({}, { vpcIPs: { ...vpcIPs, [Y]: stranger } })).toBe("keep claimed");
  });

  it("H13 is kept while the report shows its container, with whatever address", () => {
    const inUse = [{ address: "10.0.0.99", containerID: "container-1", podUID: "pod-1" }];
    expect(served({}, { nodes: { "node-a": node({ inUse }) } })).toBe("keep claimed");
  });
});
