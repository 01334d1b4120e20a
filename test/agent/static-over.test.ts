import { expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import type { VpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { AgentCluster } from "./harness.ts";
import { type Allocator, BOTH, lineTo } from "./laid.ts";
import { claimOf, type Two, two } from "./moving.ts";

const WITH_POD = { reclaimPolicy: "WithPod" } as const;
const EXPIRING = { reclaimPolicy: "AfterExpiry", expireAfter: "10m" } as const;

interface Ended extends Two {
  readonly old: AddRequest;
  readonly address: Address;
}

/** The claim's Pod has run on a, and is gone. */
async function ended(allocator: Allocator, spec: VpcIPClaim["spec"]): Promise<Ended> {
  const on = await two(allocator, spec);
  const old = on.a.request("db");
  const address = await on.a.address(old);
  await on.a.end(old);
  return { ...on, old, address };
}

/** Its absence was noted so many minutes ago. */
function absentFor({ cluster, old }: Ended, minutes: number): void {
  const claim = claimOf(cluster);
  cluster.world.api.replaceStatus("vpcipclaims", {
    ...claim,
    status: {
      ...claim.status,
      detachedAt: cluster.world.timestamp(-minutes * 60),
      detachedPodUID: old.podUID,
    },
  });
}

/** The addresses whose records name the Pod. */
const claimsOfPod = ({ world }: AgentCluster, { podUID }: AddRequest): readonly string[] =>
  world.api
    .list<StoredVpcIP>("vpcips")
    .flatMap(({ metadata, spec }) => (spec.claim?.podUID === podUID ? [metadata.name] : []));

const POLICIES: readonly (readonly [string, VpcIPClaim["spec"], (on: Ended) => void])[] = [
  ["WithPod", WITH_POD, () => undefined],
  ["AfterExpiry, whose time was over", EXPIRING, (on) => absentFor(on, 11)],
];

for (const allocator of BOTH) {
  for (const [policy, spec, over] of POLICIES) {
    test(`${allocator}: a claim with ${policy}, whose address is somebody else's by now, gets another one`, async () => {
      const on = await ended(allocator, spec);
      const { cluster, b, address } = on;
      over(on);
      await cluster.day();
      expect(cluster.has(address)).toBe(false);
      const thief = cluster.world.ec2.seed.createInterface({ subnetID: cluster.subnetID });
      cluster.world.ec2.seed.assign(thief, [address]);
      const next = b.request("db");
      expect(await b.address(next)).not.toBe(address);
      expect(cluster.has(address, thief)).toBe(true);
      expect(cluster.misdeeds).toEqual([]);
    });

    test(`${allocator}: a claim with ${policy}, whose address lies on another node, doesn't wait for it, and the reclaimer releases it`, async () => {
      const on = await ended(allocator, spec);
      const { cluster, a, b, address } = on;
      over(on);
      const next = b.request("db");
      const now = await b.address(next);
      expect(now).not.toBe(address);
      expect(claimOf(cluster).status).toMatchObject({ address: now, nodeName: "b", podUID: next.podUID });
      expect(cluster.record(now)?.spec.claim).toMatchObject({ uid: claimOf(cluster).metadata.uid });
      await a.maintain();
      expect(cluster.has(address)).toBe(true);
      await cluster.day();
      expect(cluster.has(address)).toBe(false);
      expect(cluster.has(now, b.node.interfaceIDs[0])).toBe(true);
      expect(claimOf(cluster).status?.address).toBe(now);
      expect([...cluster.leaks, ...cluster.misdeeds]).toEqual([]);
    });

    test(`H13 ${allocator}: a claim with ${policy}, whose old container runs on, gets another address; the old one is kept`, async () => {
      const on = await two(allocator, spec);
      const { cluster, a } = on;
      const old = a.request("db");
      const address = await a.address(old);
      cluster.world.kubernetes.erase("pods", "db", "default");
      over({ ...on, old, address });
      const next = a.request("db");
      const now = await a.address(next);
      expect(now).not.toBe(address);
      await cluster.converge();
      expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
      expect(cluster.has(now, a.node.interfaceIDs[0])).toBe(true);
      expect([...cluster.wrong, ...cluster.misdeeds]).toEqual([]);
      await a.del(old.containerID);
      await cluster.converge();
      expect(cluster.has(address)).toBe(false);
      expect(cluster.leaks).toEqual([]);
    });

    test(`${allocator}: a claim with ${policy}, whose address lies here still, gets that one`, async () => {
      const on = await ended(allocator, spec);
      over(on);
      expect(await on.a.address("db")).toBe(on.address);
      expect(on.cluster.misdeeds).toEqual([]);
    });

    test(`H75 ${allocator}: a claim with ${policy} keeps that address where its request came twice and the second copy was refused`, async () => {
      const on = await ended(allocator, spec);
      const { cluster, a, address } = on;
      over(on);
      const line = lineTo(/^PUT .*\/vpcips\//, "doubled-second");
      await a.restart(line);
      const next = a.request("db");
      expect(await a.add(next, line)).toMatchObject({ kind: "added", address });
      expect(claimsOfPod(cluster, next)).toEqual([address]);
      for (let days = 0; days < 2; days++) await cluster.day();
      expect([...cluster.wrong, ...cluster.misdeeds, ...cluster.leaks]).toEqual([]);
    });

    test(`${allocator}: a claim with ${policy} takes another one where somebody has written to that record, which the reclaimer releases`, async () => {
      const on = await ended(allocator, spec);
      const { cluster, a, address } = on;
      over(on);
      const line = lineTo(/^PUT .*\/vpcips\//, { refused: 409 });
      await a.restart(line);
      const next = a.request("db");
      const added = await a.add(next, line);
      if (added?.kind !== "added") throw new Error("no address");
      expect(added.address).not.toBe(address);
      expect(claimsOfPod(cluster, next)).toEqual([added.address]);
      for (let days = 0; days < 2; days++) await cluster.day();
      expect(cluster.has(address)).toBe(false);
      expect([...cluster.wrong, ...cluster.misdeeds, ...cluster.leaks]).toEqual([]);
    });
  }

  test(`H49 ${allocator}: a claim stays that a Pod has taken up again with another address, although its old address goes as expired`, async () => {
    const on = await ended(allocator, EXPIRING);
    const { cluster, b, address } = on;
    absentFor(on, 11);
    await cluster.collect("due");
    expect(cluster.record(address)?.spec.leak?.cause).toBe("claim-expired");
    const next = b.request("db");
    const now = await b.address(next);
    for (let days = 0; days < 2; days++) await cluster.day();
    expect(cluster.has(address)).toBe(false);
    expect(claimOf(cluster)?.status?.address).toBe(now);
  });

  test(`H49 ${allocator}: while the old address is being released as expired, the Pod waits, for the claim may go with it`, async () => {
    const on = await ended(allocator, EXPIRING);
    const { cluster, b, address } = on;
    absentFor(on, 11);
    await cluster.collect("due");
    const record = cluster.record(address);
    if (record === undefined) throw new Error("no record");
    const { interfaceID = "" } = record.spec;
    const release = { run: "run-of-another", interfaceID, time: cluster.world.timestamp() };
    cluster.world.api.replace("vpcips", {
      ...record,
      metadata: { ...record.metadata },
      spec: { ...record.spec, release },
    });
    const next = b.request("db");
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    await cluster.converge();
    expect(await b.add(next)).toMatchObject({ kind: "added" });
    expect(claimOf(cluster).status?.podUID).toBe(next.podUID);
    expect([...cluster.wrong, ...cluster.misdeeds]).toEqual([]);
  });

  test(`${allocator}: keeps its word to a Pod of a claim whose time is not over: it waits for its address`, async () => {
    const on = await ended(allocator, EXPIRING);
    const { a, b, address } = on;
    absentFor(on, 9);
    const next = b.request("db");
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    await a.maintain();
    expect(await b.address(next)).toBe(address);
  });

  test(`${allocator}: keeps its word to the same Pod: with WithPod, too, it waits for its own address`, async () => {
    const { cluster, a } = await two(allocator, WITH_POD);
    const old = a.request("db");
    const address = await a.address(old);
    const next = { ...old, containerID: "db-again" };
    expect(await a.add(next)).toMatchObject({ kind: "again" });
    await a.del(old.containerID);
    expect(await a.address(next)).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });
}
