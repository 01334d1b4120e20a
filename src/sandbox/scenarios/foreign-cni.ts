import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import type { Laid, Scenario } from "./scenario.ts";

const CIDR = "10.3.0.0/24";

/** A cluster of another CNI: everything is shown, nothing is released. */
export const foreignCni: Scenario = {
  name: "foreign-cni",
  description: "Nodes of another CNI, which honours no lease: everything is reported, nothing is released.",
  lay,
};

function lay(world: World): Laid {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const nodes = [1, 2, 3].map(
    (index) => new SandboxNode(world, { name: `stock-${index}`, subnetID, secondaries: 9, isForeign: true }),
  );
  for (const node of nodes) {
    const [, second = ""] = node.interfaceIDs;
    const [used, leaked] = world.assignedTo(second);
    if (used === undefined || leaked === undefined) throw new Error("no addresses were to be had");
    node.layPod(
      { uid: `uid-${node.name}`, name: `on-${node.name}`, namespace: "default" },
      { phase: "Running", podIP: used },
    );
    world.truth.manage(second, node.name);
    world.truth.forget(leaked, second);
    world.truth.holdBack(leaked, "foreign");
  }
  const orphan = world.ec2.seed.createInterface({
    subnetID,
    secondary: 3,
    description: "aws-K8S-i-0dead00000000dead",
    tags: {
      "cluster.k8s.amazonaws.com/name": "sandbox",
      "node.k8s.amazonaws.com/instance_id": "i-0dead00000000dead",
    },
  });
  world.truth.orphan(orphan, "gone");
  world.truth.holdBack(orphan, "foreign");
  return { nodes, allocators: [], busy: [], subnets: [{ id: subnetID, cidr: CIDR }] };
}
