import { describe, expect, it } from "@jest/globals";
import { bumped } from "../../../src/reclaimer/sweep/bump.ts";
import { ago, config, X, Y } from "../../domain/builders.ts";

const entry = (address: string, interfaceID = "eni-a") => ({ address, interfaceID });
const cooling = (address: string, interfaceID = "eni-a") => ({
  ...entry(address, interfaceID),
  until: ago(-60),
});
const full = config({
  sweepEpoch: 4,
  refills: [{ id: "r1", interfaceID: "eni-a", count: 2, startedAt: ago(5) }],
  pool: [entry(X), entry(Y)],
  cooling: [cooling("10.0.0.12")],
  inUse: [{ address: "10.0.0.13", containerID: "c", podUID: "p" }],
  reportedUnder: "allocator/1",
}).object;

describe("the bump", () => {
  it("changes the config each time, also where there is nothing else to change", () => {
    const once = bumped(config({}).object);
    expect(once.status?.sweepEpoch).toBe(1);
    expect(bumped(once).status?.sweepEpoch).toBe(2);
    const { status: _none, ...empty } = config({}).object;
    expect(bumped(empty).status).toEqual({ sweepEpoch: 1, refills: [] });
  });

  it("H63 deletes every open refill, so that its late record fails", () => {
    expect(bumped(full).status?.refills).toEqual([]);
  });

  it("keeps every keeper, the report, and the version that a conflict is told by", () => {
    const { sweepEpoch: _epoch, refills: _refills, ...rest } = full.status ?? {};
    expect(bumped(full)).toEqual({ ...full, status: { ...rest, sweepEpoch: 5, refills: [] } });
  });

  it("H69 takes an address out of the pool and the cooling of the one interface that its tombstone binds", () => {
    const object = config({
      pool: [entry(X), entry(X, "eni-b"), entry(Y)],
      cooling: [cooling(X), cooling(X, "eni-b")],
    }).object;
    const { status } = bumped(object, [{ address: X, interfaceID: "eni-a" }]);
    expect(status?.pool).toEqual([entry(X, "eni-b"), entry(Y)]);
    expect(status?.cooling).toEqual([cooling(X, "eni-b")]);
  });

  it("H19 takes it out however the pool spells it", () => {
    const object = config({ pool: [entry("010.0.0.010")] }).object;
    expect(bumped(object, [{ address: X, interfaceID: "eni-a" }]).status?.pool).toEqual([]);
  });
});
