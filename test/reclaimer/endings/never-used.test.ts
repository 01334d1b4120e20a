import { describe, expect, test } from "@jest/globals";
import { API_GROUP, API_VERSION } from "../../../src/domain/objects/names.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

const NAME = "never";

/** A NodeENIConfig whose agent died before it wrote any status. */
async function neverUsed() {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 2 });
  node.runPod("web");
  await cluster.start();
  const config = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "NodeENIConfig",
    metadata: { name: NAME },
    spec: {},
  };
  cluster.world.api.lay("nodeeniconfigs", config);
  const hasConfig = () => cluster.world.api.get("nodeeniconfigs", { name: NAME }) !== undefined;
  return { cluster, node, hasConfig };
}

describe("a NodeENIConfig that no allocator ever wrote to", () => {
  test("H49 goes with its lease once its node has had nothing at two looks an hour apart", async () => {
    const { cluster, hasConfig } = await neverUsed();
    await cluster.daily();
    await cluster.wait(59);
    await cluster.daily();
    expect(hasConfig()).toBe(true);
    await cluster.wait(2);
    await cluster.daily();
    expect(hasConfig()).toBe(false);
    expect(cluster.lease(NAME)).toBeUndefined();
  });

  test.each(["Node", "interface", "record"] as const)("keeps it while a %s names it", async (what) => {
    const { cluster, node, hasConfig } = await neverUsed();
    if (what === "Node")
      cluster.world.api.lay("nodes", { apiVersion: "v1", kind: "Node", metadata: { name: NAME } });
    if (what === "interface") {
      const tags = { ...node.tags(), "vpcip.dev/node": NAME };
      cluster.world.ec2.seed.createInterface({ subnetID: node.subnetID, tags });
    }
    if (what === "record") leaks.recordOfDeadInstance(node, "10.0.0.240", "i-0dead00000000dead");
    if (what === "record") {
      const record = cluster.record("10.0.0.240");
      const annotations = { "vpcip.dev/keep": "yes" };
      const metadata = { ...record?.metadata, annotations, labels: { "vpcip.dev/node": NAME } };
      cluster.world.api.replace("vpcips", {
        ...record,
        metadata,
        spec: { ...record?.spec, nodeName: NAME },
      } as never);
    }
    for (let day = 0; day < 3; day++) {
      await cluster.daily();
      await cluster.wait(24 * 60);
    }
    expect(hasConfig()).toBe(true);
  });

  const offLimits = [
    ["a person keeps", { "vpcip.dev/keep": "yes" }, {}],
    ["a service manages", {}, { requesterManaged: true }],
    ["branches have", {}, { interfaceType: "branch" }],
  ] as const;

  test.each(offLimits)(
    "H49 goes although a detached interface names its node that %s",
    async (_who, tag, kind) => {
      const { cluster, node, hasConfig } = await neverUsed();
      const tags = { ...node.tags(), "vpcip.dev/node": NAME, ...tag };
      cluster.world.ec2.seed.createInterface({ subnetID: node.subnetID, tags, ...kind });
      await cluster.daily();
      await cluster.wait(61);
      await cluster.daily();
      expect(hasConfig()).toBe(false);
    },
  );

  test("keeps it while an instance has an interface of its name, also one that a person keeps", async () => {
    const { cluster, node, hasConfig } = await neverUsed();
    const tags = { ...node.tags(), "vpcip.dev/node": NAME, "vpcip.dev/keep": "yes" };
    const attachment = { instanceID: node.instanceID, deviceIndex: 9 };
    cluster.world.ec2.seed.createInterface({ subnetID: node.subnetID, tags, attachment });
    await cluster.daily();
    await cluster.wait(61);
    await cluster.daily();
    expect(hasConfig()).toBe(true);
  });

  test("H11 keeps it where an allocator has written to it since the first look", async () => {
    const { cluster, node, hasConfig } = await neverUsed();
    await cluster.daily();
    const config = cluster.world.api.get("nodeeniconfigs", { name: NAME });
    const status = { allocator: "cni", instanceID: "i-0123456789abcdef0" };
    cluster.world.api.replaceStatus("nodeeniconfigs", { ...config, status } as never);
    await cluster.wait(61);
    await cluster.daily();
    expect(hasConfig()).toBe(true);
    expect(node.status.instanceID).toBeDefined();
  });
});
