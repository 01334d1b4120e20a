import * as z from "zod";
import { addressText, condition, objectMeta, podUID, type Stored, subdomain, timestamp } from "./metadata.ts";
import { API_GROUP, API_VERSION } from "./names.ts";

export const RECLAIM_POLICIES = ["WithPod", "AfterExpiry", "Never"] as const;

export const vpcIPClaimSpec = z.strictObject({
  static: z.boolean().optional(),
  reclaimPolicy: z.enum(RECLAIM_POLICIES).optional(),
  /** A Go duration of whole hours, minutes and seconds, e.g. `72h` or `30m`; at least five minutes. */
  expireAfter: z
    .string()
    .regex(/^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/)
    .min(2)
    .max(32)
    .optional(),
});

export const vpcIPClaimStatus = z.strictObject({
  address: addressText.optional(),
  nodeName: subdomain.optional(),
  podUID: podUID.optional(),
  /** API-server time at which the Pod was first seen gone. */
  detachedAt: timestamp.optional(),
  /** UID of the Pod that `detachedAt` is about: the absence of an earlier one says nothing of the next. */
  detachedPodUID: podUID.optional(),
  conditions: z.array(condition).max(16).optional(),
});

/** VpcIPClaim: a Pod's wish for an address; its name is the Pod's. */
export const vpcIPClaim = z.looseObject({
  apiVersion: z.literal(`${API_GROUP}/${API_VERSION}`),
  kind: z.literal("VpcIPClaim"),
  metadata: objectMeta,
  spec: vpcIPClaimSpec,
  status: vpcIPClaimStatus.optional(),
});

export type VpcIPClaim = z.infer<typeof vpcIPClaim>;
export type StoredVpcIPClaim = Stored<VpcIPClaim>;

/** When the claim's present Pod was first seen gone; undefined where nobody has, or only an earlier Pod's absence was noted. */
export function detachedAtOf({ status }: VpcIPClaim): string | undefined {
  const { detachedAt, detachedPodUID, podUID: present } = status ?? {};
  return detachedPodUID === undefined || detachedPodUID === present ? detachedAt : undefined;
}
