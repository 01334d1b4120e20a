import type { Address } from "../../src/domain/address.ts";
import { TAG } from "../../src/domain/objects/names.ts";
import type { ClaimReference } from "../../src/domain/objects/vpcip.ts";
import type { SandboxNode } from "../../src/sandbox/engine/node.ts";

/** A detached interface of a node, or of an instance that is gone, with one address: its primary. */
export function bareInterface(node: SandboxNode, gone?: string): { id: string; address: Address } {
  const { world, subnetID } = node;
  const tags = { ...node.tags(), ...(gone === undefined ? {} : { [TAG.node]: "old", [TAG.instance]: gone }) };
  const id = world.ec2.seed.createInterface({ subnetID, secondary: 0, description: "vpcip", tags });
  world.truth.orphan(id, node.name);
  const address = world.ec2.snapshot().find((each) => each.id === id)?.primary;
  return { id, address: address as Address };
}

/** The record of the static claim db, which waits for its address: on no interface, of no instance. */
export function layWaiting(node: SandboxNode, address: Address, uid: string): ClaimReference {
  const claim = { namespace: "default", name: "db", uid, podUID: "uid-of-db", containerID: "was-db" };
  const nowhere = { claim, nodeName: "elsewhere", instanceID: undefined, interfaceID: undefined };
  node.layRecord({ address, interfaceID: "" }, nowhere);
  return claim;
}
