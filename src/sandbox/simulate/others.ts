import { API_GROUP, API_VERSION, SYSTEM_NAMESPACE, TAG } from "../../domain/objects/names.ts";
import type { InterfaceSeed } from "../ec2/index.ts";
import type { Manifest } from "../engine/api.ts";
import { CLUSTER_NAME } from "../engine/world.ts";
import type { Dice } from "./dice.ts";
import type { Stage } from "./stage.ts";

const OTHER_CLUSTER = "00000000-0000-4000-8000-000000000000";
export const FOREIGN_NODE = "foreign-0";
/** EC2 has never heard of it. */
const NO_INSTANCE = "i-00000000000000001";

type Detached = Omit<InterfaceSeed, "subnetID">;

/** Each of them ours but for one thing. */
function almostOurs({ clusterUID }: Stage, node: string, instance: string): readonly Detached[] {
  const of = (tags: Readonly<Record<string, string>>) => ({
    [TAG.clusterName]: CLUSTER_NAME,
    [TAG.node]: node,
    [TAG.instance]: instance,
    ...tags,
  });
  const ours = of({ [TAG.clusterUID]: clusterUID });
  return [
    { secondary: 1, tags: of({ [TAG.clusterUID]: OTHER_CLUSTER }) },
    { secondary: 1, tags: of({}) },
    { secondary: 1, tags: { ...ours, [TAG.keep]: "true" } },
    { secondary: 1, tags: ours, requesterManaged: true },
    { secondary: 1, tags: ours, interfaceType: "branch" },
  ];
}

/** What no function of ours may ever touch: detached interfaces, and nodes whose allocator is somebody else's. */
export function layOthers(stage: Stage): void {
  const { world, subnetID, oracle } = stage;
  const { seed } = world.ec2;
  for (const item of almostOurs(stage, "node-0", NO_INSTANCE))
    oracle.isForeign(seed.createInterface({ subnetID, ...item, secondary: 0 }));
  const { interfaceID } = seed.runInstance({
    subnetID,
    instanceType: "m5.large",
    primaryInterface: { secondary: 3 },
  });
  oracle.isForeign(interfaceID);
  layForeignNode(stage);
}

/** On an instance of ours: interfaces that nobody there may use, each attached and ours but for one thing. */
export function attachAlmostOurs(stage: Stage, node: string, instanceID: string, dice: Dice): void {
  const { world, subnetID, oracle } = stage;
  // Without a UID it would be its node's, and nothing would be wrong with it (design §3).
  const named = almostOurs(stage, node, instanceID).filter(
    ({ tags }) => tags?.[TAG.clusterUID] !== undefined,
  );
  const item = dice.pick(named);
  if (item === undefined) return;
  oracle.isForeign(
    world.ec2.seed.createInterface({ subnetID, ...item, attachment: { instanceID, deviceIndex: 2 } }),
  );
}

/** Detached interfaces that name an instance which has just been terminated. @returns whether there was room */
export function layDetached(stage: Stage, node: string, dice: Dice): boolean {
  const { world, subnetID, oracle, log, clusterUID } = stage;
  const { seed } = world.ec2;
  if (world.ec2.free(subnetID).addresses < 6) return false;
  const { instanceID } = seed.runInstance({ subnetID, instanceType: "m5.large" });
  seed.terminate(instanceID);
  const item = dice.pick(almostOurs(stage, node, instanceID));
  if (item !== undefined) {
    const id = seed.createInterface({ subnetID, ...item });
    oracle.isForeign(id);
    log.add("others", `left ${id} detached`);
  }
  const tags = {
    [TAG.clusterName]: CLUSTER_NAME,
    [TAG.clusterUID]: clusterUID,
    [TAG.node]: node,
    [TAG.instance]: instanceID,
    [TAG.nodeGroup]: "workers",
  };
  log.add(`node ${node}`, `an earlier one left ${seed.createInterface({ subnetID, tags })} detached`);
  return true;
}

/** A node that was ours once: its config and its last report are there still, and another allocator works on it. */
function layForeignNode({ world, subnetID, oracle, dice, clusterUID }: Stage): void {
  const name = FOREIGN_NODE;
  const { api, ec2, kubernetes } = world;
  const { instanceID, interfaceID } = ec2.seed.runInstance({
    subnetID,
    instanceType: "m5.large",
    primaryInterface: {
      secondary: 2,
      tags: { [TAG.clusterName]: CLUSTER_NAME, [TAG.clusterUID]: clusterUID, [TAG.node]: name },
    },
  });
  oracle.isForeign(interfaceID);
  const bootID = dice.uuid();
  const reportedUnder = `cni/${name}/${instanceID}/${dice.uuid()}`;
  kubernetes.seed("nodes", [
    {
      metadata: { name },
      spec: { providerID: `aws:///eu-west-1a/${instanceID}` },
      status: { nodeInfo: { bootID } },
    },
  ]);
  const config = api.lay<Manifest>("nodeeniconfigs", {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "NodeENIConfig",
    metadata: { name },
  });
  api.replaceStatus("nodeeniconfigs", {
    ...config,
    status: {
      allocator: "foreign",
      instanceID,
      bootID,
      interfaces: [{ id: interfaceID, subnetID, state: "Attached" }],
      pool: [],
      cooling: [],
      refills: [],
      inUse: [],
      reportedUnder,
      sweepEpoch: 1,
    },
  });
  api.lay("leases", {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      namespace: SYSTEM_NAMESPACE,
      name,
      annotations: { "vpcip.dev/last-allocator": reportedUnder },
    },
    spec: { holderIdentity: "", leaseDurationSeconds: 15, leaseTransitions: 1 },
  });
}
