import { Allocator } from "../engine/allocator.ts";
import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as leaks from "./leaks.ts";
import { type Laid, ONE_DAY, type Scenario } from "./scenario.ts";

const CIDR = "10.1.0.0/26";
const WAITING_PODS = 4;

/** H73: no address is free, and Pods wait. What is released on one node is used at once on another. */
export const exhaustedSubnet: Scenario = {
  name: "exhausted-subnet",
  description: "A full subnet and Pods that can't start: what one node gives back, another uses at once.",
  steps: [...ONE_DAY, { do: "event", name: "the waiting node refills and starts its Pods" }],
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const leaking = new SandboxNode(world, { name: "leaking-1", subnetID, secondaries: 12 });
  const used = new SandboxNode(world, { name: "used-1", subnetID, secondaries: 13 });
  const waiting = new SandboxNode(world, { name: "waiting-1", subnetID, extraInterfaces: 0, secondaries: 2 });
  for (let index = 0; index < 12; index++) leaking.runPod(`web-${index}`);
  for (let index = 0; index < 5; index++) leaks.podGone(leaking, `gone-${index}`);
  for (let index = 0; index < 4; index++) leaks.neverRecorded(leaking);
  while (used.spares > 0) used.runPod(`batch-${used.spares}`);
  for (const name of ["first", "second"]) waiting.runPod(name);
  const free = world.ec2.free(subnetID).addresses;
  if (free > 0)
    world.ec2.seed.createInterface({ subnetID, secondary: free - 1, description: "everything else" });
  for (const node of [leaking, used, waiting]) if (node !== leaking) node.poolSpares();
  poolSome(leaking);
  const nodes = [leaking, used, waiting];
  const allocators = await Promise.all(nodes.map((node) => Allocator.start(node)));
  const [, , waiter] = allocators;
  return {
    nodes,
    allocators,
    busy: allocators.slice(0, 1),
    subnets: [{ id: subnetID, cidr: CIDR }],
    events: {
      "the waiting node refills and starts its Pods": async () => {
        for (let index = 0; index < WAITING_PODS; index++) {
          if ((await waiter?.startPod()) === undefined) throw new Error("a Pod still waits");
        }
      },
    },
  };
}

/** Some of the rest is pooled; the others were never recorded. */
function poolSome(node: SandboxNode): void {
  const pooled = Array.from({ length: Math.min(3, node.spares) }, () => node.spare());
  node.updateStatus((status) => ({ ...status, pool: pooled }));
}
