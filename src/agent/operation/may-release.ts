import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { freezeState, isHeldByBreaker } from "../../domain/plan/freeze.ts";
import type { Picture } from "../node/picture.ts";

/** A subnet; undefined where nobody knows which. */
type Subnet = string | undefined;

/**
 * Whether an allocator may give anything back now. The freeze object stops every path (design §4.8); a breaker stops what it
 * names: this node, a subnet, the cluster. What can't be read stops everything.
 *
 * @param subnetIDs of what is to be given back; without, of all the node's interfaces: whether there is one that may
 */
export async function mayRelease(
  { ports: { cluster }, machine, status }: Pick<Picture, "ports" | "machine" | "status">,
  subnetIDs: readonly Subnet[] = (status.interfaces ?? []).map(({ subnetID }) => subnetID),
): Promise<boolean> {
  const found = await cluster.getConfigMap(FREEZE_CONFIG_MAP.namespace, FREEZE_CONFIG_MAP.name);
  const freeze = freezeState(found.found ? found.object.data : undefined);
  if (freeze.frozen) return false;
  return subnetIDs.some((subnetID) => !isHeld(freeze.breaker, machine.nodeName, subnetID));
}

/** What lies in a subnet that nobody knows may lie in one that is held. */
function isHeld(breaker: readonly Trip[], node: string, subnetID: Subnet): boolean {
  if (subnetID !== undefined) return isHeldByBreaker(breaker, { node, subnetID });
  return isHeldByBreaker(breaker, { node }) || breaker.some(({ scope }) => scope === "subnet");
}
