import { Allocator } from "../engine/allocator.ts";
import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as leaks from "./leaks.ts";
import type { Laid, Scenario } from "./scenario.ts";

const NODES = 500;
const SUBNETS = ["10.16.0.0/18", "10.17.0.0/18"];
/** On each of three interfaces: fifty a node, 25,000 in all. */
const SECONDARIES = [16, 17, 17];

/** The size that people run: few nodes leak, the others must not notice anything. */
export const large: Scenario = {
  name: "large",
  description: "500 nodes with 25,000 addresses, leaks on 48 of them: the others are never asked anything.",
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnets = SUBNETS.map((cidr) => ({ id: world.ec2.seed.addSubnet({ cidr }), cidr }));
  const nodes: SandboxNode[] = [];
  for (let index = 0; index < NODES; index++) {
    const subnetID = subnets[index % subnets.length]?.id ?? "";
    const [first = 0, ...others] = SECONDARIES;
    const name = `node-${String(index).padStart(3, "0")}`;
    const node = new SandboxNode(world, {
      name,
      subnetID,
      secondaries: first,
      extraInterfaces: 0,
      instanceType: "m5.4xlarge",
    });
    for (const count of others) node.addInterface(count);
    for (let pod = 0; pod < 30; pod++) node.runPod(`pod-${pod}-${name}`);
    if (index % 21 === 3 && index < 500) leak(node, 2 + (index % 3));
    if (index % 21 === 9 && index < 500) finish(node, 2 + (index % 4));
    node.poolSpares();
    nodes.push(node);
  }
  const allocators = await Promise.all(nodes.map((node) => Allocator.start(node)));
  return { nodes, allocators, busy: allocators.slice(0, 8), subnets };
}

function leak(node: SandboxNode, count: number): void {
  for (let index = 0; index < count; index++) leaks.neverRecorded(node);
  leaks.podGone(node, `gone-${node.name}`);
}

function finish(node: SandboxNode, count: number): void {
  for (let index = 0; index < count; index++)
    leaks.podFinished(node, `job-${index}-${node.name}`, "Succeeded");
}
