import { describe, expect, test } from "@jest/globals";
import type { Subject } from "./subject.ts";

export function describePods(subject: Subject): void {
  async function lay(nodeName: string, status: object): Promise<{ uid: string; name: string }> {
    const name = subject.fresh("pod");
    const { metadata } = await subject.lay(`/api/v1/namespaces/${subject.namespace}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: subject.namespace },
      spec: { nodeName, containers: [{ name: "c", image: "i" }] },
      status,
    });
    return { uid: metadata.uid, name };
  }
  const shows = (ip: string) => ({ phase: "Running", podIP: ip, podIPs: [{ ip }] });

  describe("Pods", () => {
    test("H44 that are finished are not among those alive, all others are", async () => {
      const node = subject.fresh("node");
      const phases = ["Pending", "Running", "Unknown", "Succeeded", "Failed"];
      const pods = [];
      for (const phase of phases) pods.push(await lay(node, { phase }));
      const alive = await subject.cluster.reader.livePodUIDs();
      expect(pods.map(({ uid }) => alive.has(uid))).toEqual([true, true, true, false, false]);
    });

    test("of one node are listed whole, those of another node are not", async () => {
      const node = subject.fresh("node");
      const here = await lay(node, shows("10.0.0.7"));
      await lay(subject.fresh("node"), shows("10.0.0.8"));
      expect(await subject.cluster.reader.listPodsOfNode(node)).toEqual([
        {
          uid: here.uid,
          namespace: subject.namespace,
          name: here.name,
          nodeName: node,
          hostNetwork: false,
          finished: false,
          terminating: false,
          addresses: ["10.0.0.7"],
          keep: false,
        },
      ]);
    });

    test("H14 that are being deleted are terminating, and still there", async () => {
      const { reader } = subject.cluster;
      const { name } = await lay(subject.fresh("node"), shows("10.0.0.9"));
      await subject.call("DELETE", `/api/v1/namespaces/${subject.namespace}/pods/${name}`);
      expect(await reader.getPod(subject.namespace, name)).toMatchObject({
        found: true,
        object: { terminating: true, finished: false, addresses: ["10.0.0.9"] },
      });
    });

    test("H05 that are gone are not found", async () => {
      expect(await subject.cluster.reader.getPod(subject.namespace, "none-such")).toEqual({ found: false });
    });
  });

  describe("a Node", () => {
    test("H10 is known by its provider ID and its boot, not by its name", async () => {
      const name = subject.fresh("i-0123456789abcdef0");
      await subject.lay("/api/v1/nodes", {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, labels: { "eks.amazonaws.com/nodegroup": "workers" } },
        spec: { providerID: "aws:///eu-west-1a/i-00000000000000001" },
      });
      expect(await subject.cluster.reader.getNode(name)).toMatchObject({
        found: true,
        object: { name, instanceID: "i-00000000000000001", group: "workers" },
      });
      expect(await subject.cluster.reader.getNode("none-such")).toEqual({ found: false });
    });
  });
}
