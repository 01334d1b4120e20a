import { describe, expect, test } from "@jest/globals";
import { newLease, taken } from "../../../src/domain/node-lease.ts";
import type { StoredLease } from "../../../src/domain/objects/lease.ts";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { Settings } from "../../../src/reclaimer/settings.ts";
import type { InstanceState } from "../../../src/sandbox/ec2/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

const NAME = "left";
const DEAD = "i-0dead00000000dead";
/** No allocator ever held it. */
const NOBODYS = "nobody's";
const REQUEST = { [`${ANNOTATION.handOverRequestPrefix}of-a-dead-run`]: "15" };

/** A lease of a node of which nothing else is left, held last by an allocator on this instance. */
async function left(instanceID: string = DEAD, over: Partial<Settings> = {}) {
  const cluster = new Cluster(over);
  const node = cluster.node("a", { secondaries: 2 });
  node.runPod("web");
  await cluster.start();
  const by = {
    identity: `ipamd/${NAME}/${instanceID}/1`,
    leaseSeconds: 60,
    time: "2026-03-01T12:00:00.000000Z",
  };
  const made = newLease(SYSTEM_NAMESPACE, NAME, { ...by, identity: "" }) as StoredLease;
  cluster.world.api.lay("leases", instanceID === NOBODYS ? made : withoutHolder(taken(made, by, true)));
  const hasLease = () => cluster.lease(NAME) !== undefined;
  const days = async (count = 1) => {
    for (let day = 0; day < count; day++) {
      await cluster.daily();
      await cluster.wait(24 * 60);
    }
  };
  return { cluster, node, hasLease, days };
}

const withoutHolder = (lease: StoredLease) => ({ ...lease, spec: { ...lease.spec, holderIdentity: "" } });

/** An instance of no node. */
function instance({ world, subnetID }: Cluster, state: InstanceState): string {
  const id = "i-0aaaaaaaaaaaaaaaa";
  world.ec2.seed.runInstance({ id, subnetID, instanceType: "m5.large" });
  if (state === "terminated") world.ec2.seed.terminate(id);
  else world.ec2.seed.setInstanceState(id, state);
  return id;
}

describe("a node lease that is all that is left of its node", () => {
  test("H49 goes where no allocator ever held it", async () => {
    const { hasLease, days } = await left(NOBODYS);
    await days();
    expect(hasLease()).toBe(false);
  });

  test("H49 goes once its last allocator's instance was not found at two looks an hour apart", async () => {
    const { cluster, hasLease } = await left();
    await cluster.daily();
    await cluster.wait(59);
    await cluster.daily();
    expect(hasLease()).toBe(true);
    await cluster.wait(2);
    await cluster.daily();
    expect(hasLease()).toBe(false);
  });

  test("H65 goes although another cluster's interface bears its node's name, or a detached one that people keep", async () => {
    const { cluster, node, hasLease, days } = await left(NOBODYS);
    const { subnetID } = node;
    const tags = { ...node.tags(), "vpcip.dev/node": NAME };
    const attachment = { instanceID: instance(cluster, "running"), deviceIndex: 1 };
    const theirs = { ...tags, "vpcip.dev/cluster-uid": "another" };
    cluster.world.ec2.seed.createInterface({ subnetID, tags: theirs, attachment });
    cluster.world.ec2.seed.createInterface({ subnetID, tags: { ...tags, "vpcip.dev/keep": "" } });
    await days();
    expect(hasLease()).toBe(false);
  });

  test("goes at once where EC2 says that the instance is terminated", async () => {
    const { cluster, hasLease, days } = await left("i-0aaaaaaaaaaaaaaaa");
    instance(cluster, "terminated");
    await days();
    expect(hasLease()).toBe(false);
  });

  test.each(["running", "stopped"] as const)(
    "H12 H66 keeps it while that instance is %s, whatever else of the node is gone",
    async (state) => {
      const { cluster, hasLease, days } = await left("i-0aaaaaaaaaaaaaaaa");
      instance(cluster, state);
      await days(3);
      expect(hasLease()).toBe(true);
      expect(cluster.lease(NAME)?.spec.holderIdentity ?? "").toBe("");
    },
  );

  test.each(["Node", "config", "record", "interface"] as const)(
    "keeps it while a %s is there",
    async (what) => {
      const { cluster, node, hasLease, days } = await left(NOBODYS);
      if (what === "Node")
        cluster.world.api.lay("nodes", { apiVersion: "v1", kind: "Node", metadata: { name: NAME } });
      if (what === "config") {
        const kind = { apiVersion: "vpcip.dev/v1alpha1", kind: "NodeENIConfig" };
        const config = cluster.world.api.lay("nodeeniconfigs", {
          ...kind,
          metadata: { name: NAME },
          spec: {},
        });
        const status = { allocator: "cni", instanceID: node.instanceID };
        cluster.world.api.replaceStatus("nodeeniconfigs", { ...config, status } as never);
      }
      if (what === "record") {
        leaks.recordOfDeadInstance(node, "10.0.0.240", DEAD);
        const record = cluster.record("10.0.0.240");
        const metadata = {
          ...record?.metadata,
          annotations: { "vpcip.dev/keep": "yes" },
          labels: { "vpcip.dev/node": NAME, "vpcip.dev/instance": DEAD },
        };
        const spec = { ...record?.spec, nodeName: NAME };
        cluster.world.api.replace("vpcips", { ...record, metadata, spec } as never);
      }
      if (what === "interface") {
        const tags = { ...node.tags(), "vpcip.dev/node": NAME };
        const attachment = { instanceID: instance(cluster, "running"), deviceIndex: 1 };
        cluster.world.ec2.seed.createInterface({ subnetID: node.subnetID, tags, attachment });
      }
      await days(3);
      expect(hasLease()).toBe(true);
    },
  );

  test("keeps it where only observed, and while frozen", async () => {
    const observed = await left(NOBODYS, { mode: "observe" });
    await observed.days(2);
    expect(observed.hasLease()).toBe(true);
    const frozen = await left(NOBODYS);
    frozen.cluster.freeze();
    await frozen.days(2);
    expect(frozen.hasLease()).toBe(true);
  });

  test("keeps what is no node's: another program's Lease in our namespace", async () => {
    const { cluster, days } = await left(NOBODYS);
    const spec = { holderIdentity: "somebody", leaseDurationSeconds: 15 };
    const metadata = { namespace: SYSTEM_NAMESPACE, name: "leader" };
    cluster.world.api.lay("leases", { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec });
    await days(3);
    expect(cluster.lease("leader")?.spec.holderIdentity).toBe("somebody");
  });

  test("H11 keeps it where an allocator comes up under the name while it is looked at", async () => {
    const { cluster, hasLease, days } = await left(NOBODYS);
    cluster.when({ verb: "DELETE", resource: "leases.coordination.k8s.io", name: NAME }, () => {
      const lease = cluster.lease(NAME) as StoredLease;
      const by = {
        identity: `ipamd/${NAME}/i-0bbbbbbbbbbbbbbbb/1`,
        leaseSeconds: 60,
        time: "2026-03-01T13:00:00.000000Z",
      };
      cluster.world.api.replace("leases", taken(lease, by, true) as never);
    });
    await days();
    expect(hasLease()).toBe(true);
    expect(cluster.lease(NAME)?.spec.holderIdentity).toMatch(/^ipamd\/left\//);
  });
});

describe("hand-over requests that a dead run left", () => {
  async function asked() {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 2 });
    node.runPod("web");
    await cluster.start();
    const annotate = (annotations: Readonly<Record<string, string>>) => {
      const lease = cluster.lease("a");
      const metadata = {
        ...lease?.metadata,
        annotations: { ...lease?.metadata.annotations, ...annotations },
      };
      cluster.world.api.replace("leases", { ...lease, metadata } as never);
    };
    const requests = () =>
      Object.keys(cluster.lease("a")?.metadata.annotations ?? {}).filter((key) =>
        key.startsWith(ANNOTATION.handOverRequestPrefix),
      );
    return { cluster, annotate, requests };
  }

  test.each(["15", "answered"])(
    "H49 H72 go from a living node's lease (%s), which isn't paused for it",
    async (value) => {
      const { cluster, annotate, requests } = await asked();
      cluster.allocator().kill();
      annotate({ [`${ANNOTATION.handOverRequestPrefix}of-a-dead-run`]: value });
      const before = cluster.lease("a");
      await cluster.daily();
      expect(requests()).toEqual([]);
      const after = cluster.lease("a");
      expect(after?.spec).toEqual(before?.spec);
      expect(after?.metadata.annotations?.[ANNOTATION.lastAllocator]).toBe(
        before?.metadata.annotations?.[ANNOTATION.lastAllocator],
      );
      expect(cluster.heard.pauses).toEqual([]);
    },
  );

  test("keeps a lease to which somebody writes meanwhile: the next daily run looks again", async () => {
    const { cluster, annotate, requests } = await asked();
    cluster.allocator().kill();
    annotate(REQUEST);
    cluster.when({ verb: "PUT", resource: "leases.coordination.k8s.io" }, () => annotate({ note: "mine" }));
    await cluster.daily();
    expect(cluster.lease("a")?.metadata.annotations?.["note"]).toBe("mine");
    expect(requests()).toHaveLength(1);
    await cluster.daily();
    expect(requests()).toEqual([]);
  });
});
