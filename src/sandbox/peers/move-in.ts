import {
  LEASES,
  NODE_ENI_CONFIGS,
  NODES,
  PODS,
  type Resource,
  VPC_IP_CLAIMS,
  VPC_IPS,
} from "../../adapters/kubernetes/resources.ts";
import { parseAddress } from "../../domain/address.ts";
import type { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import type { Admin, Manifest, UnknownFields } from "./admin.ts";
import { keyOf, type Replica } from "./replica.ts";

/** Pods and claims first: the others name them by UIDs, and a real server gives each object one of its own. */
const ORDER: readonly (readonly Resource[])[] = [
  [NODES, PODS, VPC_IP_CLAIMS],
  [VPC_IPS, NODE_ENI_CONFIGS, LEASES],
];

/**
 * Writes everything that was laid in the world's memory to a real API server: through its validation and admission, as its
 * writers would. Times in specs and statuses stay as they are; creation is now.
 */
export async function moveIn(
  world: World,
  nodes: readonly SandboxNode[],
  admin: Admin,
  replica: Replica,
): Promise<void> {
  for (const together of ORDER) {
    await Promise.all(
      together.flatMap((resource) =>
        world.kubernetes.objects(keyOf(resource)).map(async (laid) => {
          // H20: what a later version has written loses the fields that this version's CRD doesn't have.
          const unknownFields = isOfLaterShape(world, resource, laid) ? "dropped" : "refused";
          const now = await move(admin, resource, withUIDsOfNow(world, laid), unknownFields);
          world.movedUIDs.set(laid.metadata.uid ?? "", now.metadata.uid ?? "");
          replica.saw(resource, now);
        }),
      ),
    );
  }
  for (const { pods } of nodes)
    for (const [id, pod] of pods) pods.set(id, { ...pod, uid: world.uidOf(pod.uid) });
}

function isOfLaterShape({ truth }: World, resource: Resource, { metadata, spec }: KubeObject): boolean {
  const address = parseAddress(metadata.name);
  if (resource !== VPC_IPS || address === undefined) return false;
  return truth.needOf(address, String((spec as { interfaceID?: string }).interfaceID)) === "unknown-shape";
}

async function move(
  admin: Admin,
  resource: Resource,
  laid: KubeObject,
  unknownFields: UnknownFields,
): Promise<KubeObject> {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = laid.metadata;
  let now = await admin.create(resource, asNew(laid), unknownFields);
  if (laid["status"] !== undefined) {
    const status = { ...(now["status"] as object), ...(laid["status"] as object) };
    now = await admin.replace(resource, { ...now, metadata: { ...now.metadata }, status }, "status");
  }
  if (deletionTimestamp !== undefined)
    await admin.remove(resource, laid.metadata, { gracePeriodSeconds: Number(deletionGracePeriodSeconds) });
  return now;
}

function asNew({ metadata, status: _, ...content }: KubeObject): Manifest {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = metadata;
  return {
    ...content,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
  };
}

/** Every text that is a UID of a moved object becomes its new one. */
function withUIDsOfNow(world: World, laid: KubeObject): KubeObject {
  return JSON.parse(JSON.stringify(laid), (_key, value: unknown) =>
    typeof value === "string" ? world.uidOf(value) : value,
  ) as KubeObject;
}
