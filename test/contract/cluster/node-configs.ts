import { describe, expect, test } from "@jest/globals";
import type { StoredNodeENIConfig } from "../../../src/domain/objects/nodeeniconfig.ts";
import { readable, type Subject, written } from "./subject.ts";

const status = {
  allocator: "ipamd" as const,
  instanceID: "i-1",
  bootID: "boot-1",
  interfaces: [{ id: "eni-1", state: "Attached" as const }],
  pool: [{ address: "10.0.0.7", interfaceID: "eni-1" }],
  inUse: [],
  reportedUnder: "acquisition-1",
  sweepEpoch: 1,
};

export function describeNodeConfigs(subject: Subject): void {
  async function lay(): Promise<StoredNodeENIConfig> {
    const name = subject.fresh("node");
    await subject.lay("/apis/vpcip.dev/v1alpha1/nodeeniconfigs", {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "NodeENIConfig",
      metadata: { name },
      spec: { warmPool: { min: 1, max: 4 } },
      status,
    });
    return readable(await subject.cluster.reader.getNodeConfig(name));
  }

  describe("a NodeENIConfig", () => {
    test("shows its status, an empty list of sandboxes too", async () => {
      expect((await lay()).status).toEqual(status);
    });

    test("is created without its status, once", async () => {
      const { writer } = subject.cluster;
      const name = subject.fresh("node");
      const config = {
        apiVersion: "vpcip.dev/v1alpha1",
        kind: "NodeENIConfig",
        metadata: { name, labels: { "vpcip.dev/node-group": "workers" } },
        spec: { warmPool: { min: 1, max: 4 } },
        status,
      } as const;
      const { metadata, spec, status: kept } = written(await writer.createNodeConfig(config));
      expect([metadata.name, metadata.labels, spec, kept]).toEqual([
        name,
        config.metadata.labels,
        config.spec,
        undefined,
      ]);
      expect(await writer.createNodeConfig(config)).toEqual({ outcome: "exists" });
    });

    test("has its status replaced, and nothing but that", async () => {
      const config = await lay();
      const changed = { ...config, spec: { warmPool: { min: 9 } }, status: { ...status, sweepEpoch: 2 } };
      const replaced = written(await subject.cluster.writer.replaceNodeConfigStatus(changed));
      expect([replaced.spec, replaced.status]).toEqual([config.spec, changed.status]);
    });

    test("has annotations and spec replaced, and not its status", async () => {
      const config = await lay();
      const metadata = { ...config.metadata, annotations: { "vpcip.dev/instance-gone-since": "now" } };
      const changed = { ...config, metadata, spec: { warmPool: { min: 2 } }, status: { sweepEpoch: 9 } };
      const replaced = written(await subject.cluster.writer.replaceNodeConfig(changed));
      expect(replaced.metadata.annotations).toEqual(metadata.annotations);
      expect([replaced.spec, replaced.status]).toEqual([changed.spec, status]);
    });

    test("H63 takes no late write after a bump", async () => {
      const { reader, writer } = subject.cluster;
      const config = await lay();
      const bumped = written(
        await writer.replaceNodeConfigStatus({ ...config, status: { ...status, sweepEpoch: 2 } }),
      );
      const pool = [...status.pool, { address: "10.0.0.8", interfaceID: "eni-1" }];
      expect(await writer.replaceNodeConfigStatus({ ...config, status: { ...status, pool } })).toEqual({
        outcome: "conflict",
      });
      expect(readable(await reader.getNodeConfig(config.metadata.name))).toEqual(bumped);
    });

    test("changes its version in the list of versions when its status changes", async () => {
      const { reader, writer } = subject.cluster;
      const config = await lay();
      const versionOf = async () => (await reader.nodeConfigVersions()).get(config.metadata.name);
      expect(await versionOf()).toBe(config.metadata.resourceVersion);
      const next = written(
        await writer.replaceNodeConfigStatus({ ...config, status: { ...status, sweepEpoch: 2 } }),
      );
      expect(await versionOf()).toBe(next.metadata.resourceVersion);
      expect(next.metadata.resourceVersion).not.toBe(config.metadata.resourceVersion);
    });

    test("is in the list of all, and deleted only as it was read", async () => {
      const { reader, writer } = subject.cluster;
      const config = await lay();
      expect(await reader.listNodeConfigs()).toContainEqual({ readable: true, object: config });
      const next = written(
        await writer.replaceNodeConfigStatus({ ...config, status: { ...status, sweepEpoch: 2 } }),
      );
      expect(await writer.deleteNodeConfig(config)).toEqual({ outcome: "conflict" });
      expect(await writer.deleteNodeConfig(next)).toEqual({ outcome: "deleted" });
      expect(await reader.getNodeConfig(config.metadata.name)).toEqual({ found: false });
    });
  });
}
