import type { Evidence } from "../../domain/evidence.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import { detachedAtOf, type StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";
import { serverTime } from "./lists.ts";

const LANES = 8;

export interface Absences {
  readonly claims: ReadonlyMap<string, Parsed<StoredVpcIPClaim>>;
  readonly failed: readonly Failure[];
}

/**
 * Writes down, for each static claim, when its Pod was first seen gone, in API-server time; takes it back when the Pod
 * is there again. Expiry counts from this note alone (H33), so before it is written the Pod itself is asked for, by name.
 */
export async function noteAbsences(
  ports: Pick<CollectPorts, "writer" | "cluster">,
  lists: Pick<Evidence, "claims" | "livePodUIDs" | "now">,
): Promise<Absences> {
  const claims = new Map(lists.claims);
  const changes = [...claims.values()].flatMap((claim) =>
    claim.readable ? (changed(claim.object, lists) ?? []) : [],
  );
  const results = await inParallel(changes, LANES, async (claim) =>
    (await isBack(ports, claim)) ? undefined : ports.writer.replaceClaimStatus(claim),
  );
  for (const result of results) {
    if (!result.ok || result.value?.outcome !== "replaced") continue;
    const { object } = result.value;
    claims.set(nameOf(object), { readable: true, object });
  }
  const failed = failuresOf(results, (claim) => `VpcIPClaim ${nameOf(claim)}`);
  return { claims, failed };
}

/**
 * The same for the claims alone that expire, by the five-minute run: an expiry of five minutes must not wait for the daily run to see
 * its Pod gone. The Pods are listed after the claims (H34), and only where such a claim is there.
 *
 * @param claims by `namespace/name`
 */
export async function noteAbsencesOfExpiring(
  ports: Pick<CollectPorts, "writer" | "cluster">,
  claims: ReadonlyMap<string, Parsed<StoredVpcIPClaim>>,
): Promise<Absences> {
  const expiring = new Map(
    [...claims].filter(([, claim]) => claim.readable && claim.object.spec.reclaimPolicy === "AfterExpiry"),
  );
  if (expiring.size === 0) return { claims: expiring, failed: [] };
  const livePodUIDs = await ports.cluster.livePodUIDs();
  return noteAbsences(ports, { claims: expiring, livePodUIDs, now: serverTime(ports) });
}

/** Whether a Pod of the claim's name lives, although the list of Pods did not hold the one that its status names. */
async function isBack({ cluster }: Pick<CollectPorts, "cluster">, claim: StoredVpcIPClaim): Promise<boolean> {
  if (claim.status?.detachedAt === undefined) return false;
  const { namespace = "", name } = claim.metadata;
  const pod = await cluster.getPod(namespace, name);
  return pod.found && !pod.object.finished;
}

function changed(
  claim: StoredVpcIPClaim,
  { livePodUIDs, now }: Pick<Evidence, "livePodUIDs" | "now">,
): StoredVpcIPClaim | undefined {
  const { detachedAt, detachedPodUID: _of, ...status } = claim.status ?? {};
  const { podUID } = status;
  if (podUID === undefined || livePodUIDs === undefined) return undefined;
  if (livePodUIDs.has(podUID)) return detachedAt === undefined ? undefined : { ...claim, status };
  if (detachedAtOf(claim) !== undefined) return undefined;
  return {
    ...claim,
    status: { ...status, detachedAt: new Date(now).toISOString(), detachedPodUID: podUID },
  };
}

function nameOf({ metadata }: StoredVpcIPClaim): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
