import { describe, expect, it } from "@jest/globals";
import { type Address, addressOf, addressValue } from "../../../src/domain/address.ts";
import type { NetworkInterface } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { breakerTrips } from "../../../src/domain/plan/breaker.ts";
import {
  ago,
  block,
  claimOf,
  evidence,
  interface_,
  ip,
  node,
  orphan,
  pod,
  vpcIP,
  type World,
} from "../builders.ts";

const LIMITS = { nodeShare: 0.8, subnetShare: 0.5, clusterShare: 0.3, minimumLeaks: 16 };

const addresses = (from: string, count: number): Address[] =>
  Array.from({ length: count }, (_, index) => addressOf((addressValue(from) ?? 0) + index));

function tripped(world: World): string[] {
  const facts = evidence(world);
  return breakerTrips(facts, judge(facts), LIMITS).map(({ scope, name, leaked, total }) =>
    `${scope} ${name} ${leaked}/${total}`.replace("  ", " "),
  );
}

/** So many leaked addresses, and so many that a Pod's status shows. */
function mix(leaked: number, used: number, over: Partial<NetworkInterface> = {}): World {
  const inUse = addresses("10.0.8.0", used);
  const interfaces = [interface_({ addresses: [...addresses("10.0.4.0", leaked), ...inUse], ...over })];
  return { interfaces, pods: [pod({ addresses: inUse })] };
}

describe("the breaker", () => {
  it("H17 trips everywhere where the list of Pods comes back empty", () => {
    const claimed = addresses("10.0.4.0", 20);
    const world = {
      interfaces: [interface_({ addresses: claimed })],
      vpcIPs: Object.fromEntries(claimed.map((one) => [one, vpcIP({ claim: claimOf() }, one)])),
    };
    expect(tripped({ ...world, pods: [] })).toEqual([
      "node node-a 20/20",
      "subnet subnet-1 20/20",
      "cluster 20/20",
    ]);
    expect(tripped({ ...world, pods: [pod()] })).toEqual([]);
  });

  it("lets few leaks go, whatever their share", () => {
    expect(tripped(mix(15, 0))).toEqual([]);
    expect(tripped(mix(16, 0))).toHaveLength(3);
  });

  it("trips above the share of each scope, not at it", () => {
    expect(tripped(mix(30, 70))).toEqual([]);
    expect(tripped(mix(31, 69))).toEqual(["cluster 31/100"]);
    expect(tripped(mix(51, 49))).toEqual(["subnet subnet-1 51/100", "cluster 51/100"]);
    expect(tripped(mix(80, 20))).toEqual(["subnet subnet-1 80/100", "cluster 80/100"]);
    expect(tripped(mix(81, 19))).toEqual(["node node-a 81/100", "subnet subnet-1 81/100", "cluster 81/100"]);
  });

  it("is not diluted by addresses of foreign nodes, other clusters, other kinds, or AWS services", () => {
    const many = addresses("10.1.0.0", 900);
    const others = [
      interface_({
        id: "eni-1",
        addresses: many,
        attachment: { instanceID: "i-foreign", status: "attached" },
      }),
      interface_({ id: "eni-2", addresses: many, tags: { "vpcip.dev/cluster-uid": "another" } }),
      interface_({ id: "eni-3", addresses: many, type: "lambda" }),
      interface_({ id: "eni-4", addresses: many, requesterManaged: true }),
      interface_({ id: "eni-5", addresses: many, attachment: { status: "attached" } }),
    ];
    const world = mix(31, 69);
    expect(tripped({ ...world, interfaces: [...(world.interfaces ?? []), ...others] })).toEqual([
      "cluster 31/100",
    ]);
  });

  it("is not diluted by left-over records, kept ones or ones that go", () => {
    const tombstones = [{ interfaceID: "eni-a", until: ago(-60) }];
    const left = addresses("10.2.0.0", 200);
    const vpcIPs = Object.fromEntries(
      left.map((one, index) => [one, vpcIP(index % 2 === 0 ? { tombstones } : { claim: claimOf() }, one)]),
    );
    expect(tripped({ ...mix(31, 69), vpcIPs })).toEqual(["cluster 31/100"]);
  });

  it("counts what a dead node left for its subnet and the cluster, prefixes too, and not for a node", () => {
    const dead = orphan({ addresses: [], prefixes: [block("10.3.0.0/28")] });
    const world = mix(0, 10);
    const interfaces = [...(world.interfaces ?? []), dead];
    const nodes = { "node-a": node(), "node-d": node({ instanceID: "i-d" }) };
    const tags = { ...dead.tags, "vpcip.dev/instance-id": "i-d", "vpcip.dev/node": "node-d" };
    const gone = { ...world, nodes, interfaces: [...interfaces.slice(0, 1), { ...dead, tags }] };
    expect(tripped({ ...gone, instances: { "i-d": "terminated" } })).toEqual([
      "subnet subnet-1 17/27",
      "cluster 17/27",
    ]);
  });

  it("counts what an orphan has once, though its records go as well", () => {
    const gone = orphan({ addresses: addresses("10.3.0.0", 15) });
    const on = { interfaceID: "eni-o", instanceID: "i-d", claim: claimOf() };
    const vpcIPs = Object.fromEntries(gone.addresses.map((one) => [one, vpcIP(on, one)]));
    const tags = { ...gone.tags, "vpcip.dev/instance-id": "i-d" };
    const world = { interfaces: [{ ...gone, tags }], vpcIPs, instances: { "i-d": "terminated" } } as const;
    expect(tripped(world)).toEqual(["subnet subnet-1 16/16", "cluster 16/16"]);
  });

  it("counts each subnet by itself", () => {
    const world = mix(20, 19);
    const other = interface_({ id: "eni-2", subnetID: "subnet-2", addresses: addresses("10.5.0.0", 60) });
    const kept = pod({ uid: "pod-2", addresses: other.addresses });
    expect(
      tripped({ interfaces: [...(world.interfaces ?? []), other], pods: [...(world.pods ?? []), kept] }),
    ).toEqual(["subnet subnet-1 20/39"]);
  });

  it("never counts a primary", () => {
    expect(tripped(mix(16, 0, { primary: ip("10.0.0.1") }))).toContain("node node-a 16/16");
  });
});
