import { describe, expect, it } from "@jest/globals";
import type { Parsed } from "../../../src/domain/objects/metadata.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { claimOf, decided, evidence, labels, mark, pod, vpcIP, X, Y } from "../builders.ts";

const unread = (raw?: unknown): Parsed<StoredVpcIPClaim> => ({
  readable: false,
  name: "shop/db-0",
  why: "spec.newer",
  ...(raw === undefined ? {} : { raw }),
});
const told = (address: unknown) => unread({ spec: { static: true }, status: { address, newer: 1 } });
const claims = (claim: Parsed<StoredVpcIPClaim>) => ({ "shop/db-0": claim });
const gone = vpcIP({ claim: claimOf({ podUID: "gone" }) });
const HELD = "unknown claim-unreadable";

describe("a static claim that can't be read", () => {
  it("H20 keeps the address that its status tells, whatever else it holds, and whether a VpcIP names it or not", () => {
    expect(decided({ claims: claims(told(X)) })).toBe(HELD);
    expect(decided({ claims: claims(told("010.0.0.010")) })).toBe(HELD);
    expect(decided({ claims: claims(told(X)), vpcIPs: { [X]: gone } })).toBe(HELD);
    expect(decided({ claims: claims(told(X)), vpcIPs: { [X]: vpcIP({ leak: mark() }) } })).toBe(HELD);
  });

  it("H20 releases every other address, where it tells its own", () => {
    expect(decided({ claims: claims(told(Y)) })).toBe("leaked never-recorded");
    for (const none of [{}, { spec: { static: true } }, { status: null }, { status: {} }])
      expect(decided({ claims: claims(unread(none)) })).toBe("leaked never-recorded");
    expect(decided({ claims: claims(unread({ spec: { static: false }, status: { address: X } })) })).toBe(
      "leaked never-recorded",
    );
  });

  it.each([
    ["nothing of it was kept", unread()],
    ["its address is none", told("over there")],
    ["its address is of another type", told(7)],
    ["it is no object", unread("claim")],
  ])("H20 keeps every address that may be its where %s", (_why, claim) => {
    expect(decided({ claims: claims(claim) })).toBe(HELD);
    expect(decided({ claims: claims(claim), vpcIPs: { [X]: vpcIP({ leak: mark() }) } })).toBe(HELD);
    const own = vpcIP({ claim: claimOf({ name: "db-0", podUID: "gone" }) });
    expect(decided({ claims: claims(claim), vpcIPs: { [X]: own } })).toBe(HELD);
  });

  it("H20 releases what its VpcIP says is another claim's: the name is the lock", () => {
    expect(decided({ claims: claims(unread()), vpcIPs: { [X]: gone } })).toBe("leaked pod-gone");
  });

  it("lets labels alone decide nothing that they can't tell", () => {
    const vpcIPs = { [X]: labels() };
    expect(decided({ claims: claims(unread()), vpcIPs, livePodUIDs: new Set() })).toBe("suspect");
    expect(decided({ claims: claims(unread()), vpcIPs, livePodUIDs: new Set(["pod-1"]) })).toBe(
      "keep claimed",
    );
  });

  it("lets go of a record that nobody claims and whose address is nowhere: nothing in EC2 is touched", () => {
    const world = evidence({
      interfaces: [],
      claims: claims(unread()),
      vpcIPs: { [X]: vpcIP({ leak: mark() }) },
    });
    expect(decided(world)).toBe("leaked never-recorded");
  });

  it("changes nothing of what a Pod that lives has", () => {
    const vpcIPs = { [X]: vpcIP({ claim: claimOf() }) };
    expect(decided({ claims: claims(unread()), vpcIPs, pods: [pod()] })).toBe("keep claimed");
  });
});
