import { Allocator } from "../engine/allocator.ts";
import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as leaks from "./leaks.ts";
import type { Laid, Scenario } from "./scenario.ts";

const CIDR = "10.5.0.0/24";

/** H17: the API shows no Pods and no sandboxes any more; by all evidence everything is leaked. It would be a catastrophe. */
export const breaker: Scenario = {
  name: "breaker",
  description:
    "The API has lost sight of running Pods, so nearly everything looks leaked: the breaker holds it all back.",
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const nodes = [1, 2, 3].map(
    (index) => new SandboxNode(world, { name: `blind-${index}`, subnetID, secondaries: 13 }),
  );
  for (const node of nodes) {
    for (let index = 0; index < 18; index++) {
      const pod = node.runPod(`run-${node.name}-${index}`);
      world.kubernetes.erase("pods", pod.name, pod.namespace);
    }
    for (let index = 0; index < 3; index++) leaks.neverRecorded(node);
    poolRest(node, 5);
  }
  // The allocators have lost sight as well: what they report is empty.
  for (const node of nodes) for (const pod of [...node.pods.values()]) node.pods.delete(pod.containerID);
  const allocators = await Promise.all(nodes.map((node) => Allocator.start(node)));
  world.truth.holdBack("*", "breaker");
  return { nodes, allocators, busy: [], subnets: [{ id: subnetID, cidr: CIDR }] };
}

function poolRest(node: SandboxNode, count: number): void {
  const pooled = Array.from({ length: count }, () => node.spare());
  node.updateStatus((status) => ({ ...status, pool: pooled }));
}
