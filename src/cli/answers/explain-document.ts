import { type Address, type Prefix, parseAddress, parsePrefix, prefixMembers } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import type { Inventory, Place } from "../../domain/inventory/index.ts";
import { kindOf } from "../../domain/inventory/kind.ts";
import { judge } from "../../domain/judgement/index.ts";
import type { BreakerLimits } from "../../domain/plan/breaker.ts";
import { isLeaked, KEEP_REASONS, type Verdict } from "../../domain/verdict.ts";
import type { Gathered } from "../dumps/gather.ts";
import { Problem } from "../world.ts";
import { heldBackBy, OFFLINE_HELD_BACK } from "./held-back.ts";
import { type Look, looksAt } from "./keepers.ts";
import { nextOf, wordsOf } from "./next.ts";
import { markedAt } from "./plan-document.ts";
import { matchWarnings } from "./warnings.ts";

/** What `explain -o json` prints. */
export interface ExplainDocument {
  readonly asked: string;
  readonly at: string;
  readonly warnings: readonly string[];
  /** One story a place: usually one; none where the address is on no interface and has no record. */
  readonly stories: readonly Story[];
}

export interface Story {
  readonly address: string;
  readonly role: Place["role"] | "nowhere";
  readonly prefix: string | null;
  readonly where: Where | null;
  readonly lookedAt: readonly Look[];
  readonly decision: "keep" | "unknown" | "leaked" | "none";
  readonly reason: string;
  readonly words: string;
  readonly detail: string | null;
  readonly next: string;
}

export interface Where {
  readonly interface: string;
  readonly kind: string;
  readonly because: string;
  readonly status: string | null;
  readonly subnet: string | null;
  readonly vpc: string | null;
  readonly instance: string | null;
  readonly node: string | null;
  readonly nodeKnownBy: string | null;
  readonly group: string | null;
}

export function explainDocument(
  asked: string,
  gathered: Gathered,
  inventory: Inventory,
  limits: BreakerLimits,
): ExplainDocument {
  const { evidence } = gathered;
  const verdicts = judge(evidence);
  const { reasonFor } = heldBackBy(evidence, verdicts, inventory.match, limits);
  const judged = (address: Address, face: NetworkInterface | undefined): Verdict | undefined =>
    verdicts.find((one) => one.address === address && one.interfaceID === face?.id) ??
    (face === undefined ? verdicts.find((one) => one.address === address) : undefined);
  const story = (address: Address, place: Place | undefined): Story => {
    const verdict = judged(address, place?.face);
    const held = verdict !== undefined && isLeaked(verdict) ? reasonFor(verdict) : undefined;
    return {
      address,
      role: place?.role ?? "nowhere",
      prefix: place?.prefix ?? null,
      where: place === undefined ? null : where(place.face, inventory),
      lookedAt: looksAt(gathered, address, place?.face),
      ...ending(verdict, place, held === undefined ? undefined : OFFLINE_HELD_BACK[held], gathered),
    };
  };
  return {
    asked,
    at: new Date(evidence.now).toISOString(),
    warnings: [...matchWarnings(inventory.match, evidence.interfaces.length), ...gathered.warnings],
    stories: addressesOf(asked).flatMap((address) => {
      const places = inventory.book.places(address);
      return places.length === 0 ? [story(address, undefined)] : places.map((place) => story(address, place));
    }),
  };
}

/** The addresses that a person asks for: one, or the members of a /28. */
export function addressesOf(asked: string): readonly Address[] {
  const address = parseAddress(asked);
  if (address !== undefined) return [address];
  const prefix = parsePrefix(asked);
  if (prefix !== undefined) return prefixMembers(prefix as Prefix);
  throw new Problem(
    `"${asked}" is neither an IPv4 address (10.0.3.17) nor a /28 prefix that begins at a multiple of 16 (10.0.3.16/28)`,
  );
}

function where(face: NetworkInterface, { identities }: Inventory): Where {
  const { kind, because } = kindOf(face);
  const identity = identities.get(face.attachment?.instanceID ?? "");
  return {
    interface: face.id,
    kind,
    because,
    status: face.status ?? null,
    subnet: face.subnetID ?? null,
    vpc: face.vpcID ?? null,
    instance: face.attachment?.instanceID ?? null,
    node: identity?.node ?? null,
    nodeKnownBy: identity === undefined || identity.source === "none" ? null : identity.source,
    group: identity?.group ?? null,
  };
}

type Ending = Pick<Story, "decision" | "reason" | "words" | "detail" | "next">;

function ending(
  verdict: Verdict | undefined,
  place: Place | undefined,
  heldBack: string | undefined,
  gathered: Gathered,
): Ending {
  const stays = "it stays as it is";
  if (verdict === undefined) {
    if (place?.role === "primary")
      return {
        decision: "keep",
        reason: "primary",
        words: KEEP_REASONS.primary,
        detail: null,
        next: `${stays}: a primary is never a candidate`,
      };
    return {
      decision: "none",
      reason: "nowhere",
      words: "it is on none of the given interfaces, and no VpcIP has its name",
      detail: null,
      next: "nothing: there is nothing to give back",
    };
  }
  const words = wordsOf(verdict);
  const detail = "detail" in verdict ? (verdict.detail ?? null) : null;
  switch (verdict.decision) {
    case "keep":
      return { decision: "keep", reason: verdict.reason, words, detail, next: stays };
    case "unknown":
      return {
        decision: "unknown",
        reason: verdict.reason,
        words,
        detail,
        next: `${stays}: unknown means keep; it is counted and reported`,
      };
    case "suspect":
      return { decision: "unknown", reason: "records-not-read", words, detail, next: stays };
    case "leaked":
      return {
        decision: "leaked",
        reason: verdict.cause,
        words,
        detail,
        next:
          heldBack === undefined ? nextOf(verdict, markedAt(gathered, verdict)) : `held back: ${heldBack}`,
      };
  }
}
