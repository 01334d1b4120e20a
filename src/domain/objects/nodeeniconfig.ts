import * as z from "zod";
import {
  addressText,
  condition,
  containerID,
  identity,
  instanceID,
  interfaceID,
  objectMeta,
  podUID,
  type Stored,
  subnetID,
  text,
  timestamp,
} from "./metadata.ts";
import { API_GROUP, API_VERSION } from "./names.ts";

const count = z.int().min(0).max(100_000);

export const nodeENIConfigSpec = z.strictObject({
  limits: z
    .strictObject({ interfaces: count.optional(), addressesPerInterface: count.optional() })
    .optional(),
  warmPool: z.strictObject({ min: count.optional(), max: count.optional() }).optional(),
  subnetIDs: z.array(subnetID).max(64).optional(),
  securityGroupIDs: z.array(text(32)).max(16).optional(),
});

/** Who hands out addresses on the node. */
export const ALLOCATORS = ["ipamd", "cni", "foreign"] as const;

/** What the allocator is about with an interface, by its own word. */
export const INTERFACE_STATES = ["Attaching", "Attached", "Detaching"] as const;
export type InterfaceState = (typeof INTERFACE_STATES)[number];

/** An address that the allocator holds ready on an interface. */
export const pooledAddress = z.strictObject({ address: addressText, interfaceID });
export const coolingAddress = pooledAddress.extend({ until: timestamp });

/** An open intent to assign: its record succeeds only while its own ID is here. */
export const refill = z.strictObject({
  id: identity,
  interfaceID,
  count,
  startedAt: timestamp,
});

/** A live sandbox: what the report says is in use. */
export const sandbox = z.strictObject({
  address: addressText,
  interfaceID: interfaceID.optional(),
  containerID,
  podUID,
});

/** An unknown field here could be a keeper that a newer version knows: then the object is unreadable. */
export const nodeENIConfigStatus = z.strictObject({
  allocator: z.enum(ALLOCATORS).optional(),
  instanceID: instanceID.optional(),
  bootID: text(64).optional(),
  interfaces: z
    .array(
      z.strictObject({
        id: interfaceID,
        subnetID: subnetID.optional(),
        state: z.enum(INTERFACE_STATES).optional(),
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
  reportedUnder: identity.optional(),
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
