import { describe, expect, test } from "@jest/globals";
import { readable, type Subject, written } from "./subject.ts";

export function describeClaims(subject: Subject): void {
  async function lay(spec: object, labels: Record<string, string> = {}): Promise<string> {
    const name = subject.fresh("claim");
    await subject.lay(`/apis/vpcip.dev/v1alpha1/namespaces/${subject.namespace}/vpcipclaims`, {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIPClaim",
      metadata: { name, namespace: subject.namespace, labels },
      spec,
    });
    return name;
  }

  describe("a VpcIPClaim", () => {
    test("that is static is in the list of these whatever its labels say, one that isn't is not", async () => {
      const plain = await lay({ static: true });
      const mislabelled = await lay({ static: true }, { "vpcip.dev/static": "false" });
      const notStatic = await lay({}, { "vpcip.dev/static": "true" });
      const names = (await subject.cluster.reader.listStaticClaims()).map(
        (each) => each.readable && each.object.metadata.name,
      );
      expect(names).toEqual(expect.arrayContaining([plain, mislabelled]));
      expect(names).not.toContain(notStatic);
    });

    test("has its status replaced in the version that was read, and its spec left alone", async () => {
      const { reader, writer } = subject.cluster;
      const name = await lay({ static: true, reclaimPolicy: "AfterExpiry", expireAfter: "72h" });
      const claim = readable(await reader.getClaim(subject.namespace, name));
      const status = { address: "10.0.0.7", detachedAt: "2026-06-01T12:00:00Z" };
      const replaced = written(await writer.replaceClaimStatus({ ...claim, spec: {}, status }));
      expect([replaced.spec, replaced.status]).toEqual([claim.spec, status]);
      expect(await writer.replaceClaimStatus({ ...claim, status: {} })).toEqual({ outcome: "conflict" });
    });

    test("H74 is deleted only as it was read", async () => {
      const { reader, writer } = subject.cluster;
      const claim = readable(await reader.getClaim(subject.namespace, await lay({ static: true })));
      const status = { podUID: "pod-2" };
      const next = written(await writer.replaceClaimStatus({ ...claim, status }));
      expect(await writer.deleteClaim(claim)).toEqual({ outcome: "conflict" });
      expect(await writer.deleteClaim(next)).toEqual({ outcome: "deleted" });
      expect(await reader.getClaim(subject.namespace, claim.metadata.name)).toEqual({ found: false });
    });
  });
}
