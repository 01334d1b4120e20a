import * as z from "zod";
import { type Address, parseAddress } from "../address.ts";
import {
  condition,
  containerID,
  identity,
  instanceID,
  interfaceID,
  objectMeta,
  podUID,
  type Stored,
  subdomain,
  subnetID,
  text,
  timestamp,
} from "./metadata.ts";
import { API_GROUP, API_VERSION } from "./names.ts";

/** Why an address looked leaked or expired when it was marked. */
export const CAUSES = [
  "never-recorded",
  "pod-gone",
  "pod-finished",
  "sandbox-replaced",
  "claim-gone",
  "claim-expired",
  "instance-gone",
  "interface-orphaned",
] as const;
export type Cause = (typeof CAUSES)[number];

export const claimReference = z.strictObject({
  namespace: text(63),
  name: subdomain,
  /** UID of the VpcIPClaim, where there is one (static addresses). */
  uid: text(64).optional(),
  podUID,
  containerID,
});

export const mark = z.strictObject({
  cause: z.enum(CAUSES),
  scope: z.enum(["Address", "Interface"]),
  /** API-server time of the first look at which it seemed leaked. */
  firstObservedAt: timestamp,
});

export const releaseIntent = z.strictObject({
  run: identity,
  interfaceID,
  time: timestamp,
});

export const tombstone = z.strictObject({
  interfaceID,
  /** API-server time until which EC2 could still accept a late request for this address on this interface. */
  until: timestamp,
});

/** An unknown field here could be a keeper that a newer version knows: then the object is unreadable. */
export const vpcIPSpec = z.strictObject({
  nodeName: subdomain,
  instanceID: instanceID.optional(),
  interfaceID: interfaceID.optional(),
  subnetID: subnetID.optional(),
  claim: claimReference.optional(),
  leak: mark.optional(),
  release: releaseIntent.optional(),
  /** One an interface. */
  tombstones: z.array(tombstone).max(16).optional(),
});

/** For people: nothing is decided by it, for a create drops it and a restore may. */
export const vpcIPStatus = z.looseObject({
  conditions: z.array(condition).max(16).optional(),
});

/** VpcIP: its existence means "taken", its name is the address. */
export const vpcIP = z.looseObject({
  apiVersion: z.literal(`${API_GROUP}/${API_VERSION}`),
  kind: z.literal("VpcIP"),
  metadata: objectMeta.refine((meta) => parseAddress(meta.name) === meta.name, {
    error: "its name is not a canonical IPv4 address",
  }),
  spec: vpcIPSpec,
  status: vpcIPStatus.optional(),
});

export type VpcIP = z.infer<typeof vpcIP>;
export type StoredVpcIP = Stored<VpcIP>;
export type VpcIPSpec = z.infer<typeof vpcIPSpec>;
export type ClaimReference = z.infer<typeof claimReference>;
export type Mark = z.infer<typeof mark>;
export type Tombstone = z.infer<typeof tombstone>;

/** A VpcIP to be created: its name is the address. */
export const newVpcIP = (address: Address, spec: VpcIPSpec): VpcIP => ({
  apiVersion: `${API_GROUP}/${API_VERSION}`,
  kind: "VpcIP",
  metadata: { name: address },
  spec,
});

export const VPCIP_STATES = ["Attaching", "Bound", "Retained", "Leaked", "Releasing", "Released"] as const;
export type VpcIPState = (typeof VPCIP_STATES)[number];

/**
 * The state that a spec amounts to, for people and for choosing suspects. `Retained` is told by the claim, so
 * whoever writes the spec says whether the claim is retained.
 */
export function stateOf(spec: VpcIPSpec, retained = false): VpcIPState {
  if (spec.release !== undefined) return "Releasing";
  if (spec.leak !== undefined) return "Leaked";
  if (spec.claim === undefined && (spec.tombstones?.length ?? 0) > 0) return "Released";
  if (retained) return "Retained";
  return spec.interfaceID === undefined ? "Attaching" : "Bound";
}
