import { Allocator } from "../engine/allocator.ts";
import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as leaks from "./leaks.ts";
import { type Laid, ONE_DAY, type Scenario } from "./scenario.ts";

const CIDR = "10.1.0.0/26";

/** H73: no address is free, and Pods wait. What is released on one node is used at once on another. */
export const exhaustedSubnet: Scenario = {
  name: "exhausted-subnet",
  description: "A full subnet and Pods that can't start: what one node gives back, another uses at once.",
  steps: [...ONE_DAY, { do: "event", name: "the waiting node refills and starts its Pods" }],
  lay,
};

function lay(world: World): Laid {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const leaking = new SandboxNode(world, { name: "leaking-1", subnetID, secondaries: 12 });
  const used = new SandboxNode(world, { name: "used-1", subnetID, secondaries: 13 });
  const waiting = new SandboxNode(world, { name: "waiting-1", subnetID, extraInterfaces: 0, secondaries: 2 });
  for (let index = 0; index < 12; index++) leaking.runPod(`web-${index}`);
  for (let index = 0; index < 5; index++) leaks.podGone(leaking, `gone-${index}`);
  for (let index = 0; index < 4; index++) leaks.neverRecorded(leaking);
  while (used.spares > 0) used.runPod(`batch-${used.spares}`);
  for (const name of ["first", "second"]) waiting.runPod(name);
  const [firstInterface = ""] = waiting.interfaceIDs;
  const free = world.ec2.free(subnetID).addresses;
  if (free > 0)
    world.ec2.seed.createInterface({ subnetID, secondary: free - 1, description: "everything else" });
  for (const node of [leaking, used, waiting]) if (node !== leaking) node.poolSpares();
  poolSome(leaking);
  const allocators = [leaking, used, waiting].map((node) => new Allocator(node));
  return {
    nodes: [leaking, used, waiting],
    allocators,
    busy: allocators.slice(0, 1),
    subnets: [{ id: subnetID, cidr: CIDR }],
    events: {
      "the waiting node refills and starts its Pods": () => {
        const assigned = world.ec2.call(
          "AssignPrivateIpAddresses",
          { NetworkInterfaceId: firstInterface, SecondaryPrivateIpAddressCount: 6 },
          "waiting-1",
        ).AssignedPrivateIpAddresses;
        for (const [index, { PrivateIpAddress }] of (assigned ?? []).entries()) {
          const at = { address: PrivateIpAddress as never, interfaceID: firstInterface };
          waiting.runPod(`started-${index}`, { at });
        }
      },
    },
  };
}

/** Some of the rest is pooled; the others were never recorded. */
function poolSome(node: SandboxNode): void {
  const pooled = Array.from({ length: Math.min(3, node.spares) }, () => node.spare());
  for (const { address, interfaceID } of pooled) node.world.truth.need(address, interfaceID, "pool");
  node.updateStatus((status) => ({ ...status, pool: pooled }));
}
