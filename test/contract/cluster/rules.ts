import { describe, expect, test } from "@jest/globals";
import type { Subject } from "./subject.ts";

/** The CEL rules of the CRDs. */
export function describeRules(
  subject: Subject,
  { evaluatesRules }: { readonly evaluatesRules: boolean },
): void {
  const root = "/apis/vpcip.dev/v1alpha1";
  const refused = async (collection: string, object: object) =>
    await expect(subject.lay(collection, object)).rejects.toThrow(/Invalid/);

  const rule = evaluatesRules ? test : test.skip;

  describe("the rules of the CRDs", () => {
    rule("H19 refuse a VpcIP whose name is not a canonical IPv4 address", async () => {
      for (const name of ["010.0.0.1", "10.0.0", "web-0", "10.0.0.256"])
        await refused(`${root}/vpcips`, subject.vpcIP({}, name));
    });

    rule("refuse to drop a claim, unless the address became a tombstone", async () => {
      const claim = { namespace: "default", name: "web-0", podUID: "pod-1", containerID: "sandbox-1" };
      const object = await subject.lay(`${root}/vpcips`, subject.vpcIP({ claim }));
      const path = `${root}/vpcips/${object.metadata.name}`;
      const { claim: _, ...bare } = object.spec;
      expect((await subject.call("PUT", path, { ...object, spec: bare })).status).toBe(422);
      const tombstones = [{ interfaceID: "eni-1", until: "2026-06-01T12:35:00Z" }];
      expect((await subject.call("PUT", path, { ...object, spec: { ...bare, tombstones } })).status).toBe(
        200,
      );
    });

    rule("refuse two tombstones of one interface", async () => {
      const tombstone = { interfaceID: "eni-1", until: "2026-06-01T12:35:00Z" };
      await refused(`${root}/vpcips`, subject.vpcIP({ tombstones: [tombstone, tombstone] }));
    });

    rule("refuse an expiry under five minutes, or none where the policy needs it", async () => {
      const collection = `${root}/namespaces/${subject.namespace}/vpcipclaims`;
      const claim = (spec: object) => ({
        apiVersion: "vpcip.dev/v1alpha1",
        kind: "VpcIPClaim",
        metadata: { name: subject.fresh("claim"), namespace: subject.namespace },
        spec,
      });
      const expiring = { static: true, reclaimPolicy: "AfterExpiry" };
      await refused(collection, claim({ ...expiring, expireAfter: "4m59s" }));
      await refused(collection, claim(expiring));
      await refused(collection, claim({ reclaimPolicy: "AfterExpiry", expireAfter: "5m" }));
      await subject.lay(collection, claim({ ...expiring, expireAfter: "5m" }));
    });

    rule(
      "H30 refuse a sweepEpoch that goes back, and a warm pool whose least is more than its most",
      async () => {
        const collection = `${root}/nodeeniconfigs`;
        const config = (spec: object, status: object) => ({
          apiVersion: "vpcip.dev/v1alpha1",
          kind: "NodeENIConfig",
          metadata: { name: subject.fresh("node") },
          spec,
          status,
        });
        await refused(collection, config({ warmPool: { min: 5, max: 4 } }, {}));
        const laid = await subject.lay(
          collection,
          config({ warmPool: { min: 4, max: 4 } }, { sweepEpoch: 3 }),
        );
        const path = `${collection}/${laid.metadata.name}/status`;
        for (const status of [{ sweepEpoch: 2 }, {}])
          expect((await subject.call("PUT", path, { ...laid, status })).status).toBe(422);
        expect((await subject.call("PUT", path, { ...laid, status: { sweepEpoch: 4 } })).status).toBe(200);
      },
    );
  });
}
