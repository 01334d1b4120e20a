import { TAG } from "../../domain/objects/names.ts";
import { CLUSTER_NAME } from "../engine/world.ts";
import type { Stage } from "./stage.ts";

const OTHER_CLUSTER = "00000000-0000-4000-8000-000000000000";
/** EC2 has never heard of it. */
const NO_INSTANCE = "i-00000000000000001";

/**
 * What no function of ours may ever touch: detached interfaces, each of them ours but for one thing, and a node of a cluster
 * without a NodeENIConfig.
 */
export function layOthers({ world, subnetID, clusterUID, oracle }: Stage): void {
  const { seed } = world.ec2;
  const of = (tags: Readonly<Record<string, string>>) => ({
    [TAG.clusterName]: CLUSTER_NAME,
    [TAG.node]: "node-0",
    [TAG.instance]: NO_INSTANCE,
    ...tags,
  });
  const ours = of({ [TAG.clusterUID]: clusterUID });
  const interfaces = [
    { secondary: 1, tags: of({ [TAG.clusterUID]: OTHER_CLUSTER }) },
    { secondary: 1, tags: of({}) },
    { tags: { ...ours, [TAG.keep]: "true" } },
    { tags: ours, requesterManaged: true },
    { tags: ours, interfaceType: "branch" },
  ];
  for (const item of interfaces) oracle.isForeign(seed.createInterface({ subnetID, ...item }));
  const { interfaceID } = seed.runInstance({
    subnetID,
    instanceType: "m5.large",
    primaryInterface: { secondary: 3 },
  });
  oracle.isForeign(interfaceID);
}
