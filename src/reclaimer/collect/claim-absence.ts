import type { Evidence } from "../../domain/evidence.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";

const LANES = 8;

export interface Absences {
  readonly claims: ReadonlyMap<string, Parsed<StoredVpcIPClaim>>;
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
}

/**
 * Writes down, for each static claim, when its Pod was first seen gone, in API-server time; takes it back when the Pod
 * is there again. Expiry counts from this note alone (H33).
 */
export async function noteAbsences(ports: Pick<CollectPorts, "writer">, lists: Evidence): Promise<Absences> {
  const claims = new Map(lists.claims);
  const changes = [...claims.values()].flatMap((claim) =>
    claim.readable ? (changed(claim.object, lists) ?? []) : [],
  );
  const results = await inParallel(changes, LANES, (claim) => ports.writer.replaceClaimStatus(claim));
  for (const result of results) {
    if (!result.ok || result.value.outcome !== "replaced") continue;
    const { object } = result.value;
    claims.set(nameOf(object), { readable: true, object });
  }
  const failed = results.flatMap((result) =>
    result.ok ? [] : [{ subject: `VpcIPClaim ${nameOf(result.item)}`, why: messageOf(result.error) }],
  );
  return { claims, failed };
}

function changed(claim: StoredVpcIPClaim, { livePodUIDs, now }: Evidence): StoredVpcIPClaim | undefined {
  const { podUID, detachedAt, ...status } = claim.status ?? {};
  if (podUID === undefined || livePodUIDs === undefined) return undefined;
  const isThere = livePodUIDs.has(podUID);
  if (isThere === (detachedAt === undefined)) return undefined;
  return isThere
    ? { ...claim, status: { ...status, podUID } }
    : { ...claim, status: { ...status, podUID, detachedAt: new Date(now).toISOString() } };
}

function nameOf({ metadata }: StoredVpcIPClaim): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
