import { describe, expect, test } from "@jest/globals";
import type { Lease } from "../../../src/domain/objects/lease.ts";
import { readable, type Subject, written } from "./subject.ts";

export function describeLeases(subject: Subject): void {
  const lease = (spec: Lease["spec"]): Lease => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: subject.fresh("node") },
    spec,
  });
  const held = {
    holderIdentity: "ipamd/1",
    leaseDurationSeconds: 30,
    acquireTime: "2026-06-01T12:00:00.123456Z",
    renewTime: "2026-06-01T12:00:05.000001Z",
  };

  describe("a node lease", () => {
    test("keeps its times to the microsecond", async () => {
      const { leases, reader } = subject.cluster;
      const created = written(await leases.create(lease(held)));
      expect(readable(await leases.get(created.metadata.name)).spec).toEqual(held);
      expect(readable(await reader.getLease(created.metadata.name))).toEqual(created);
    });

    test("is told by its metadata in the list of all, with whether it is asked for; other Leases are left out", async () => {
      const { leases, reader } = subject.cluster;
      const labelled = lease(held);
      const name = labelled.metadata.name;
      labelled.metadata = { ...labelled.metadata, labels: { "vpcip.dev/node": name } };
      const created = written(await leases.create(labelled));
      const other = written(await leases.create(lease(held))).metadata.name;
      const told = async () =>
        (await reader.listLeases()).filter(({ nodeName }) => [name, other].includes(nodeName));
      expect(await told()).toEqual([{ nodeName: name, carriesRequests: false }]);
      const annotations = { "request.vpcip.dev/r": "15" };
      written(await leases.replace({ ...created, metadata: { ...created.metadata, annotations } }));
      expect(await told()).toEqual([{ nodeName: name, carriesRequests: true }]);
    });

    test("takes times of other precision, as Date prints them", async () => {
      const times = { acquireTime: "2026-06-01T12:00:00.5Z", renewTime: "2026-06-01T12:00:05Z" };
      const created = written(await subject.cluster.leases.create(lease({ ...held, ...times })));
      expect(created.spec).toMatchObject({
        acquireTime: "2026-06-01T12:00:00.500000Z",
        renewTime: "2026-06-01T12:00:05.000000Z",
      });
    });

    test("H24 goes to one of two who saw it free", async () => {
      const { leases } = subject.cluster;
      const free = written(await leases.create(lease({ ...held, holderIdentity: "" })));
      const taken = { ...free, spec: { ...free.spec, holderIdentity: "reclaimer/1" } };
      const first = written(await leases.replace(taken));
      const late = { ...free, spec: { ...free.spec, holderIdentity: "reclaimer/2" } };
      expect(await leases.replace(late)).toEqual({ outcome: "conflict" });
      expect(readable(await leases.get(free.metadata.name))).toEqual(first);
    });

    test("keeps annotations: requests for a hand-over ride on it", async () => {
      const { leases } = subject.cluster;
      const free = written(await leases.create(lease(held)));
      const metadata = { ...free.metadata, annotations: { "request.vpcip.dev/1": "{}" } };
      await leases.replace({ ...free, metadata });
      expect(readable(await leases.get(free.metadata.name)).metadata.annotations).toEqual(
        metadata.annotations,
      );
    });

    test("exists once, and is deleted only as it was read", async () => {
      const { leases } = subject.cluster;
      const object = lease(held);
      const created = written(await leases.create(object));
      expect(await leases.create(object)).toEqual({ outcome: "exists" });
      const renewed = written(
        await leases.replace({ ...created, spec: { ...held, renewTime: "2026-06-01T12:00:06.000000Z" } }),
      );
      expect(await leases.delete(created)).toEqual({ outcome: "conflict" });
      expect(await leases.delete(renewed)).toEqual({ outcome: "deleted" });
      expect(await leases.delete(renewed)).toEqual({ outcome: "gone" });
    });

    test("H30 deleted by hand is not made again by a late renewal", async () => {
      const { leases } = subject.cluster;
      const created = written(await leases.create(lease(held)));
      await leases.delete(created);
      expect(["gone", "conflict"]).toContain((await leases.replace(created)).outcome);
      expect(await leases.get(created.metadata.name)).toEqual({ found: false });
    });
  });
}
