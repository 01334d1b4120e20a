import { describe, expect, test } from "@jest/globals";
import type { InstanceState, NodeView } from "../../../src/domain/evidence.ts";
import { newLease, taken } from "../../../src/domain/node-lease.ts";
import type { StoredLease } from "../../../src/domain/objects/lease.ts";
import type { NodeENIConfigStatus } from "../../../src/domain/objects/nodeeniconfig.ts";
import { reportOf } from "../../../src/reclaimer/sweep/read-again.ts";
import { config } from "../../domain/builders.ts";

const INSTANCE = "i-0123456789abcdef0";
const by = { identity: "ipamd/a/1", leaseSeconds: 15, time: "2026-03-02T03:00:00.000000Z" };
const made = newLease("vpcip-system", "a", by);
const fresh: StoredLease = { ...made, metadata: { ...made.metadata, uid: "u", resourceVersion: "1" } };
const lease = taken(fresh, by, true);
const good: Partial<NodeENIConfigStatus> = {
  reportedUnder: "ipamd/a/1",
  bootID: "boot",
  instanceID: INSTANCE,
  inUse: [],
  pool: [],
  cooling: [],
};
const seen: NodeView = { name: "a", bootID: "boot", instanceID: INSTANCE };
const running = new Map<string, InstanceState>([[INSTANCE, "running"]]);

interface Told {
  readonly status: Partial<NodeENIConfigStatus>;
  readonly node: NodeView | "missing";
  readonly instances: ReadonlyMap<string, InstanceState>;
  readonly lease: StoredLease;
  readonly answered: boolean;
}

function isValid(told: Partial<Told> = {}): boolean {
  const { status = good, node = seen, instances = running, answered = false } = told;
  return reportOf({ lease: told.lease ?? lease, answered }, config(status).object, node, instances).valid;
}

describe("a report", () => {
  test("holds where nothing has happened since, and EC2 says that the instance runs", () => {
    expect(isValid()).toBe(true);
  });

  test("holds by the allocator's answer to this very request, without EC2's word", () => {
    expect(isValid({ answered: true, instances: new Map() })).toBe(true);
  });

  test("H66 holds not where nothing proves that the instance runs", () => {
    expect(isValid({ instances: new Map() })).toBe(false);
    for (const state of [
      "pending",
      "stopping",
      "stopped",
      "shutting-down",
      "terminated",
      "not-found",
      "unknown",
    ] as const)
      expect([state, isValid({ instances: new Map([[INSTANCE, state]]) })]).toEqual([state, false]);
  });

  test.each<[string, Partial<Told>]>([
    ["there is none", { status: { ...good, reportedUnder: undefined } }],
    ["another allocator has the lease's last word", { status: { ...good, reportedUnder: "ipamd/a/0" } }],
    ...(["inUse", "pool", "cooling"] as const).map((list): [string, Partial<Told>] => [
      `H20 its list ${list} was pruned: that is unknown, not empty`,
      { status: { ...good, [list]: undefined } },
    ]),
    ["the lease tells no last allocator", { lease: fresh }],
    ["the Node is gone", { node: "missing" }],
    ["it is of another boot", { node: { ...seen, bootID: "next" } }],
    [
      "neither tells a boot",
      { status: { ...good, bootID: undefined }, node: { name: "a", instanceID: INSTANCE } },
    ],
    ["the Node is another instance", { node: { ...seen, instanceID: "i-0fedcba9876543210" } }],
    ["H10 the Node tells no instance", { node: { name: "a", bootID: "boot" } }],
    [
      "it holds an address that is none",
      { status: { ...good, inUse: [{ address: "10.0.0", containerID: "c", podUID: "p" }] } },
    ],
  ])("holds not where %s", (_why, told) => {
    expect(isValid({ answered: true, ...told })).toBe(false);
  });
});
