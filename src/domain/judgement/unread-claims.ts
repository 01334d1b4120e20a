import * as z from "zod";
import { type Address, parseAddress } from "../address.ts";
import type { Evidence, VpcIPEvidence } from "../evidence.ts";

/** A static claim that can't be read: it may retain an address, and nobody can say for how long. */
export interface UnreadClaim {
  /** `namespace/name` */
  readonly name: string;
  readonly why: string;
}

export interface UnreadClaims {
  /** Those that tell their address all the same. */
  readonly of: ReadonlyMap<Address, UnreadClaim>;
  /** Those that don't: any address that no other claim has may be theirs. */
  readonly ofAny: readonly UnreadClaim[];
}

/** The two fields that are looked at, whatever else a newer version put there. */
const told = z.looseObject({
  spec: z.looseObject({ static: z.unknown().optional() }).optional(),
  status: z.looseObject({ address: z.unknown().optional() }).nullish(),
});

export function unreadClaims({ claims }: Evidence): UnreadClaims {
  const of = new Map<Address, UnreadClaim>();
  const ofAny: UnreadClaim[] = [];
  for (const [name, claim] of claims ?? []) {
    if (claim.readable) continue;
    const unread = { name, why: claim.why };
    const address = addressTold(claim.raw);
    if (address === "unknown") ofAny.push(unread);
    else if (address !== "none") of.set(address, unread);
  }
  return { of, ofAny };
}

/** `none`: it says plainly that it isn't static, or that it has no address yet. */
function addressTold(raw: unknown): Address | "none" | "unknown" {
  const parsed = told.safeParse(raw);
  if (!parsed.success) return "unknown";
  const { spec, status } = parsed.data;
  if (spec?.static === false) return "none";
  if (status === undefined || status === null || status.address === undefined) return "none";
  return (typeof status.address === "string" ? parseAddress(status.address) : undefined) ?? "unknown";
}

/** Of those that don't tell their address, one that may have the address of this record. */
export function unreadClaimOf(
  { ofAny }: UnreadClaims,
  record: VpcIPEvidence | undefined,
): UnreadClaim | undefined {
  // Labels don't name the claim: whole records are looked at before anything is decided.
  if (record?.known === "labels" && record.labels.podUID !== undefined) return undefined;
  const claim = record?.known === "whole" ? record.object.spec.claim : undefined;
  if (claim === undefined) return ofAny[0];
  return ofAny.find(({ name }) => name === `${claim.namespace}/${claim.name}`);
}
