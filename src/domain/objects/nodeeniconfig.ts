import * as z from "zod";
import { condition, objectMeta, type Stored, timestamp } from "./metadata.ts";
import { API_GROUP, API_VERSION } from "./names.ts";

const count = z.int().min(0).max(100_000);

export const nodeENIConfigSpec = z.object({
  limits: z.object({ interfaces: count.optional(), addressesPerInterface: count.optional() }).optional(),
  warmPool: z.object({ min: count.optional(), max: count.optional() }).optional(),
  subnetIDs: z.array(z.string().min(1)).max(64).optional(),
  securityGroupIDs: z.array(z.string().min(1)).max(16).optional(),
});

/** Who hands out addresses on the node. */
export const ALLOCATORS = ["ipamd", "cni", "foreign"] as const;

/** An address that the allocator holds ready on an interface. */
export const pooledAddress = z.object({ address: z.string(), interfaceID: z.string().min(1) });
export const coolingAddress = pooledAddress.extend({ until: timestamp });

/** An open intent to assign: its record succeeds only while its own ID is here. */
export const refill = z.object({
  id: z.string().min(1),
  interfaceID: z.string().min(1),
  count,
  startedAt: timestamp,
});

/** A live sandbox: what the report says is in use. */
export const sandbox = z.object({
  address: z.string(),
  interfaceID: z.string().min(1).optional(),
  containerID: z.string().min(1),
  podUID: z.string().min(1),
});

export const nodeENIConfigStatus = z.object({
  allocator: z.enum(ALLOCATORS).optional(),
  instanceID: z.string().min(1).optional(),
  bootID: z.string().min(1).optional(),
  interfaces: z
    .array(
      z.object({
        id: z.string().min(1),
        subnetID: z.string().optional(),
        state: z.enum(["Attaching", "Attached", "Detaching"]).optional(),
      }),
    )
    .max(256)
    .optional(),
  refills: z.array(refill).max(64).optional(),
  pool: z.array(pooledAddress).max(4096).optional(),
  cooling: z.array(coolingAddress).max(4096).optional(),
  /** Counts the bumps: every sweep that is about to release adds one, so that no allocator's older write succeeds. */
  sweepEpoch: z.int().min(0).optional(),
  inUse: z.array(sandbox).max(4096).optional(),
  /** The lease acquisition (its holder identity) at which the report was true. */
  reportedUnder: z.string().min(1).optional(),
  conditions: z.array(condition).max(16).optional(),
});

/** NodeENIConfig: one a node, its name is the node's. Its existence means that we manage the node. */
export const nodeENIConfig = z.looseObject({
  apiVersion: z.literal(`${API_GROUP}/${API_VERSION}`),
  kind: z.literal("NodeENIConfig"),
  metadata: objectMeta,
  spec: nodeENIConfigSpec.optional(),
  status: nodeENIConfigStatus.optional(),
});

export type NodeENIConfig = z.infer<typeof nodeENIConfig>;
export type StoredNodeENIConfig = Stored<NodeENIConfig>;
export type NodeENIConfigStatus = z.infer<typeof nodeENIConfigStatus>;
export type Refill = z.infer<typeof refill>;
export type Sandbox = z.infer<typeof sandbox>;
