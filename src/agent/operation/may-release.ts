import * as z from "zod";
import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { Picture } from "../node/picture.ts";

/** What of a breaker's trips says where it holds. */
const trips = z.array(z.object({ scope: z.enum(["node", "subnet", "cluster"]), name: z.string() }));
type Trips = z.infer<typeof trips>;

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
  if (!found.found || found.object.data["frozen"] !== "false") return false;
  const held = tripsOf(found.object.data["breaker"] ?? "");
  if (held === undefined) return false;
  return subnetIDs.some((subnetID) => !isHeld(held, machine.nodeName, subnetID));
}

function isHeld(held: Trips, nodeName: string, subnetID: Subnet): boolean {
  return held.some(
    ({ scope, name }) =>
      scope === "cluster" ||
      (scope === "node" && name === nodeName) ||
      (scope === "subnet" && (subnetID === undefined || name === subnetID)),
  );
}

function tripsOf(breaker: string): Trips | undefined {
  if (breaker === "") return [];
  try {
    return trips.safeParse(JSON.parse(breaker)).data;
  } catch {
    return undefined;
  }
}
