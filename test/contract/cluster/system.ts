import { describe, expect, test } from "@jest/globals";
import { SENTINEL, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { readable, type Subject, written } from "./subject.ts";

export function describeSystem(subject: Subject): void {
  describe("the cluster", () => {
    test("is known by the UID of its kube-system namespace", async () => {
      const { body } = await subject.call("GET", "/api/v1/namespaces/kube-system");
      expect(await subject.cluster.reader.clusterUID()).toBe(
        (body as { metadata: { uid: string } }).metadata.uid,
      );
    });

    test("H32 tells its own time, in whole seconds, with each answer", async () => {
      const { headers } = await subject.call("GET", "/api/v1/namespaces/kube-system");
      await subject.cluster.reader.clusterUID();
      const told = subject.cluster.reader.serverTime()!;
      expect(told % 1000).toBe(0);
      expect(told).toBeGreaterThanOrEqual(Date.parse(String(headers["date"])));
    });

    test("H62 has its sentinels in the complete lists", async () => {
      const { reader } = subject.cluster;
      expect((await reader.listVpcIPLabels()).map(({ name }) => name)).toContain(SENTINEL.vpcIP);
      expect([...(await reader.nodeConfigVersions()).keys()]).toContain(SENTINEL.nodeENIConfig);
      const claims = (await reader.listStaticClaims()).map((each) => each.readable && each.object.metadata);
      expect(claims).toContainEqual(expect.objectContaining(SENTINEL.claim));
    });

    test("H62 keeps its sentinels as they are when they are created again", async () => {
      const { reader, writer } = subject.cluster;
      const before = readable(await reader.getVpcIP(SENTINEL.vpcIP));
      await writer.createSentinels();
      expect(readable(await reader.getVpcIP(SENTINEL.vpcIP))).toEqual(before);
      expect(before.metadata.labels).toEqual({ "vpcip.dev/sentinel": "true" });
    });
  });

  describe("a ConfigMap", () => {
    test("is created once, and replaced in the version that was read or not at all", async () => {
      const { reader, writer } = subject.cluster;
      const name = subject.fresh("config");
      expect(await reader.getConfigMap(SYSTEM_NAMESPACE, name)).toEqual({ found: false });
      const first = written(await writer.createConfigMap(SYSTEM_NAMESPACE, name, { a: "1" }));
      expect(await writer.createConfigMap(SYSTEM_NAMESPACE, name, { a: "2" })).toEqual({ outcome: "exists" });
      const changed = { ...first, data: { b: "2" } };
      const second = written(await writer.replaceConfigMap(SYSTEM_NAMESPACE, name, changed));
      expect(await writer.replaceConfigMap(SYSTEM_NAMESPACE, name, changed)).toEqual({ outcome: "conflict" });
      expect(await reader.getConfigMap(SYSTEM_NAMESPACE, name)).toEqual({ found: true, object: second });
      expect(second.data).toEqual({ b: "2" });
    });

    test("H05 in a namespace that isn't there is not found, which is no error", async () => {
      expect(await subject.cluster.reader.getConfigMap("no-such-namespace", "x")).toEqual({ found: false });
    });
  });
}
