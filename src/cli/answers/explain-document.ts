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
import { counted, matchWarnings } from "./warnings.ts";

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
  /** Whether a Pod uses it; `unknown` where the Pods don't prove that none does. */
  readonly use: "in-use" | "idle" | "unknown" | "node";
  /** What `use` rests on, in words. */
  readonly usedBy: string;
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
  /** Tags that name its cluster or instance. */
  readonly tags: Readonly<Record<string, string>>;
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
      ...useOf(address, place, inventory),
      lookedAt: looksAt(gathered, address, place?.face),
      ...ending(verdict, place, held === undefined ? undefined : OFFLINE_HELD_BACK[held], gathered),
    };
  };
  const stories = addressesOf(asked).flatMap((address) => {
    const places = inventory.book.places(address);
    return places.length === 0 ? [story(address, undefined)] : places.map((place) => story(address, place));
  });
  refuseNowhere(asked, stories, gathered);
  return {
    asked,
    at: new Date(evidence.now).toISOString(),
    warnings: [...matchWarnings(inventory.match, evidence.interfaces.length), ...gathered.warnings],
    stories,
  };
}

/** An address that nothing names is mistyped, or of other dumps: its story would be of nothing. */
function refuseNowhere(asked: string, stories: readonly Story[], { evidence }: Gathered): void {
  const isNamed = ({ role, decision, lookedAt, address }: Story) =>
    role !== "nowhere" ||
    decision !== "none" ||
    evidence.vpcIPs?.has(address as Address) === true ||
    lookedAt.some(({ accounts }) => accounts === true) ||
    evidence.pods.some(({ addresses }) => addresses.includes(address as Address));
  if (!stories.some(isNamed))
    throw new Problem(
      `${asked} is on none of the ${counted(evidence.interfaces.length, "interface")} given, and no Pod or record names it: mistyped, or of another VPC, region or account?`,
    );
}

function useOf(
  address: Address,
  place: Place | undefined,
  { podsByAddress, identities, match }: Inventory,
): Pick<Story, "use" | "usedBy"> {
  const instanceOf = new Map(
    [...identities.values()].flatMap(({ node, instanceID }) =>
      node === undefined ? [] : [[node, instanceID]],
    ),
  );
  const here = place?.face.attachment?.instanceID;
  const users = (podsByAddress.get(address) ?? []).filter(({ nodeName }) => {
    const instanceID = instanceOf.get(nodeName ?? "");
    return instanceID === undefined || here === undefined || instanceID === here;
  });
  if (users.length > 0) {
    const names = users.map(({ namespace, name }) => `${namespace}/${name}`).join(", ");
    return { use: "in-use", usedBy: `in use by Pod ${names}` };
  }
  if (place?.role === "primary")
    return { use: "node", usedBy: "the interface's own: no Pod has it for itself" };
  if (match.conclusion === "same-cluster")
    return { use: "idle", usedBy: "idle: no live Pod has it (warm, cooling or leaked)" };
  return { use: "unknown", usedBy: "no Pod given has it, but these Pods don't prove that none does" };
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

/** Tags by which the CNIs, EKS, Karpenter, EC2's users and eni-reclaimer name a cluster, an instance or a node. */
const TELLING =
  /^(?:Name|cluster\.k8s\.amazonaws\.com\/name|kubernetes\.io\/cluster\/.+|(?:aws:)?eks:(?:cluster-name|eni:owner)|eks:kubernetes-node-name|eks:nodegroup-name|karpenter\.sh\/.+|node\.k8s\.amazonaws\.com\/.+|vpcip\.dev\/.+)$/;

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
    tags: Object.fromEntries(Object.entries(face.tags ?? {}).filter(([key]) => TELLING.test(key))),
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
