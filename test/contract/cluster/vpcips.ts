import { describe, expect, test } from "@jest/globals";
import { readable, type Subject, written } from "./subject.ts";

const COLLECTION = "/apis/vpcip.dev/v1alpha1/vpcips";
const claim = { namespace: "default", name: "web-0", podUID: "pod-1", containerID: "sandbox-1" };
const leak = { cause: "pod-gone", scope: "Address", firstObservedAt: "2026-06-01T12:00:00Z" } as const;

export function describeVpcIPs(subject: Subject): void {
  describe("a VpcIP", () => {
    test("is taken by whoever creates it first", async () => {
      const { writer } = subject.cluster;
      const object = subject.vpcIP();
      const created = written(await writer.createVpcIP(object));
      expect(created.spec).toEqual(object.spec);
      expect(await writer.createVpcIP(object)).toEqual({ outcome: "exists" });
    });

    test("shows its spec in its labels, in whole objects and in lists of metadata", async () => {
      const { reader, writer } = subject.cluster;
      const spec = { nodeName: "node-1", instanceID: "i-1", interfaceID: "eni-1", claim, leak };
      const created = written(await writer.createVpcIP(subject.vpcIP(spec)));
      const entry = (await reader.listVpcIPLabels("vpcip.dev/state=Leaked")).find(
        ({ uid }) => uid === created.metadata.uid,
      );
      expect(entry).toEqual({
        name: created.metadata.name,
        uid: created.metadata.uid,
        resourceVersion: created.metadata.resourceVersion,
        labels: {
          node: "node-1",
          instance: "i-1",
          interface: "eni-1",
          state: "Leaked",
          podUID: "pod-1",
          markedAt: Date.parse(leak.firstObservedAt),
        },
      });
    });

    test("has labels that follow the spec at each replace, and keeps those of others", async () => {
      const { writer } = subject.cluster;
      const object = subject.vpcIP({ claim, leak });
      const labelled = { ...object, metadata: { ...object.metadata, labels: { mine: "yes" } } };
      const created = written(await writer.createVpcIP(labelled));
      const { leak: _, ...unmarked } = created.spec;
      const replaced = written(await writer.replaceVpcIP({ ...created, spec: unmarked }));
      expect(replaced.metadata.labels).toEqual({
        mine: "yes",
        "vpcip.dev/node": "node-1",
        "vpcip.dev/interface": "eni-1",
        "vpcip.dev/state": "Bound",
        "vpcip.dev/pod-uid": "pod-1",
      });
    });

    test("H78 is replaced in the version that was read or not at all", async () => {
      const { reader, writer } = subject.cluster;
      const created = written(await writer.createVpcIP(subject.vpcIP()));
      const replaced = written(await writer.replaceVpcIP({ ...created, spec: { ...created.spec, leak } }));
      expect(await writer.replaceVpcIP({ ...created, spec: { ...created.spec, claim } })).toEqual({
        outcome: "conflict",
      });
      expect(readable(await reader.getVpcIP(created.metadata.name))).toEqual(replaced);
    });

    test("H75 deleted and made again under its name, is not the one that was read", async () => {
      const { reader, writer } = subject.cluster;
      const first = written(await writer.createVpcIP(subject.vpcIP()));
      expect(await writer.deleteVpcIP(first)).toEqual({ outcome: "deleted" });
      const second = written(await writer.createVpcIP(subject.vpcIP({}, first.metadata.name)));
      expect(await writer.deleteVpcIP(first)).toEqual({ outcome: "conflict" });
      expect(await writer.replaceVpcIP(first)).toEqual({ outcome: "conflict" });
      expect(readable(await reader.getVpcIP(first.metadata.name))).toEqual(second);
    });

    test("is deleted in the version that was read or not at all", async () => {
      const { writer } = subject.cluster;
      const created = written(await writer.createVpcIP(subject.vpcIP()));
      const replaced = written(await writer.replaceVpcIP({ ...created, spec: { ...created.spec, claim } }));
      expect(await writer.deleteVpcIP(created)).toEqual({ outcome: "conflict" });
      expect(await writer.deleteVpcIP(replaced)).toEqual({ outcome: "deleted" });
    });

    test("H05 that is gone is not found, and neither replaced nor deleted", async () => {
      const { reader, writer } = subject.cluster;
      const created = written(await writer.createVpcIP(subject.vpcIP()));
      await writer.deleteVpcIP(created);
      expect(await reader.getVpcIP(created.metadata.name)).toEqual({ found: false });
      expect(["gone", "conflict"]).toContain((await writer.replaceVpcIP(created)).outcome);
      expect(await writer.deleteVpcIP(created)).toEqual({ outcome: "gone" });
    });

    test("with a finalizer counts as deleted once the API server has taken the delete on", async () => {
      const { reader, writer } = subject.cluster;
      const object = subject.vpcIP();
      const held = { ...object, metadata: { ...object.metadata, finalizers: ["vpcip.dev/test"] } };
      const created = written(await writer.createVpcIP(held));
      expect(await writer.deleteVpcIP(created)).toEqual({ outcome: "deleted" });
      const ending = readable(await reader.getVpcIP(created.metadata.name));
      expect(ending.metadata.deletionTimestamp).toBeDefined();
      const freed = { ...ending, metadata: { ...ending.metadata, finalizers: [] } };
      await writer.replaceVpcIP(freed);
      expect(await reader.getVpcIP(created.metadata.name)).toEqual({ found: false });
    });

    test("H20 with a field that the API server doesn't know is refused, not pruned", async () => {
      const object = subject.vpcIP();
      const newer = { ...object, spec: { ...object.spec, keptFor: "somebody" } };
      await expect(subject.cluster.writer.createVpcIP(newer)).rejects.toMatchObject({ kind: "refused" });
      expect(await subject.cluster.reader.getVpcIP(object.metadata.name)).toEqual({ found: false });
    });

    test("of another node is not in the node's list", async () => {
      const { reader, writer } = subject.cluster;
      const [here, there] = [subject.fresh("node"), subject.fresh("node")];
      const created = written(await writer.createVpcIP(subject.vpcIP({ nodeName: here })));
      await writer.createVpcIP(subject.vpcIP({ nodeName: there }));
      expect(await reader.listVpcIPsOfNode(here)).toEqual([{ readable: true, object: created }]);
    });

    test("H18 that a person annotated is shown as kept in a list of metadata", async () => {
      const { metadata, ...rest } = subject.vpcIP();
      const annotations = { "vpcip.dev/keep": "for the auditors" };
      await subject.lay(COLLECTION, { ...rest, metadata: { ...metadata, annotations } });
      const entries = await subject.cluster.reader.listVpcIPLabels();
      expect(entries.find(({ name }) => name === metadata.name)).toMatchObject({ labels: { keep: true } });
    });
  });

  describe("lists", () => {
    test("H46 have what is on the third page, whole or as metadata", async () => {
      const nodeName = subject.fresh("node");
      const names = Array.from({ length: 1_001 }, () => subject.freshAddress()).sort();
      for (let at = 0; at < names.length; at += 100) {
        await Promise.all(
          names.slice(at, at + 100).map((name) => subject.lay(COLLECTION, subject.vpcIP({ nodeName }, name))),
        );
      }
      const whole = await subject.cluster.reader.listVpcIPsOfNode(nodeName);
      expect(whole.map((each) => each.readable && each.object.metadata.name).sort()).toEqual(names);
      const shown = new Set((await subject.cluster.reader.listVpcIPLabels()).map(({ name }) => name));
      expect(names.filter((name) => !shown.has(name))).toEqual([]);
    }, 60_000);

    test("that nothing is in are empty", async () => {
      const { reader } = subject.cluster;
      expect(await reader.listVpcIPLabels("vpcip.dev/state=none-such")).toEqual([]);
      expect(await reader.listVpcIPsOfNode("no-such-node")).toEqual([]);
      expect(await reader.listPodsOfNode("no-such-node")).toEqual([]);
    });
  });
}
