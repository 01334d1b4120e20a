import type { NetworkInterface } from "../evidence.ts";
import { CNI_TAG, kindOf } from "./kind.ts";
import { PREFIX_SIZE } from "./use.ts";

/** A detached interface that a CNI made. Stock clusters only: it is shown, never deleted by us. */
export interface DetachedInterface {
  readonly interfaceID: string;
  /** `orphan`: nothing will pick it up; `young`, `instance-here`: its CNI may yet attach or delete it. */
  readonly looks: "orphan" | "young" | "instance-here";
  readonly because: string;
  readonly cluster?: string;
  readonly instanceID?: string;
  readonly createdAt?: string;
  /** What it takes from its subnet: its primary, secondaries and whole prefixes. */
  readonly addresses: number;
}

/** A CNI makes an interface, then attaches it; aws-node itself leaves detached ones alone for 5 minutes (awsutils.go). */
const YOUNG_MILLISECONDS = 10 * 60_000;
const INSTANCE_IN_DESCRIPTION = /^aws-K8S-(i-[0-9a-f]+)/i;

/** What a detached interface of a CNI looks like, or undefined where it is attached or nothing shows that a CNI made it. */
export function detachedOf(
  face: NetworkInterface,
  instancesHere: ReadonlySet<string>,
  now: number,
): DetachedInterface | undefined {
  if (face.status !== "available" || face.attachment !== undefined || face.requesterManaged === true)
    return undefined;
  const { kind, because } = kindOf(face);
  if (kind !== "aws-node" && kind !== "trunk" && kind !== "branch") return undefined;
  const cluster = face.tags?.[CNI_TAG.cluster];
  const createdAt = face.tags?.[CNI_TAG.createdAt];
  const instanceID =
    face.tags?.[CNI_TAG.instance] ?? INSTANCE_IN_DESCRIPTION.exec(face.description ?? "")?.[1];
  const story = {
    interfaceID: face.id,
    addresses:
      (face.primary === undefined ? 0 : 1) + face.addresses.length + face.prefixes.length * PREFIX_SIZE,
    ...(cluster === undefined ? {} : { cluster }),
    ...(instanceID === undefined ? {} : { instanceID }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
  const born = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  if (now - born < YOUNG_MILLISECONDS)
    return { ...story, looks: "young", because: "it was made less than ten minutes ago" };
  if (instanceID !== undefined && instancesHere.has(instanceID))
    return { ...story, looks: "instance-here", because: `${instanceID} still has interfaces` };
  const gone =
    instanceID === undefined ? "no instance is named" : `${instanceID} has no interface in this dump`;
  return { ...story, looks: "orphan", because: `it is attached to nothing, ${gone}, and ${because}` };
}
