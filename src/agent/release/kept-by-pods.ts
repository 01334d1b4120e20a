import type { Address } from "../../domain/address.ts";
import type { PodView } from "../../domain/evidence.ts";
import type { Picture } from "../node/picture.ts";

/** The node's Pods that hold what they show: those that have not finished, and those that a person opted out (design §4). */
export async function holdingPods({
  ports: { cluster },
  machine,
}: Pick<Picture, "ports" | "machine">): Promise<readonly PodView[]> {
  const pods = await cluster.listPodsOfNode(machine.nodeName);
  return pods.filter(({ keep, finished }) => keep || !finished);
}

export const shownBy = (pods: readonly PodView[]): ReadonlySet<Address> =>
  new Set(pods.flatMap(({ addresses }) => addresses));
