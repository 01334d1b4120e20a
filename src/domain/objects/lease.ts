import * as z from "zod";
import { objectMeta, type Stored, timestamp } from "./metadata.ts";

/** coordination.k8s.io/v1 Lease, as far as the node lease uses it. An empty or absent holder means free. */
export const lease = z.looseObject({
  apiVersion: z.literal("coordination.k8s.io/v1"),
  kind: z.literal("Lease"),
  metadata: objectMeta,
  spec: z.looseObject({
    holderIdentity: z.string().nullish(),
    leaseDurationSeconds: z.int().positive().nullish(),
    acquireTime: timestamp.nullish(),
    renewTime: timestamp.nullish(),
    leaseTransitions: z.int().nullish(),
  }),
});

export type Lease = z.infer<typeof lease>;
export type StoredLease = Stored<Lease>;
