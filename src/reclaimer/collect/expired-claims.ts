import { parseAddress } from "../../domain/address.ts";
import { retention } from "../../domain/expiry.ts";
import { LABEL } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import type { Sentinels } from "../guard/memory.ts";
import { wholeStaticClaims } from "../guard/whole-lists.ts";
import { mayRelease } from "../mode.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { noteAbsencesOfExpiring } from "./claim-absence.ts";
import { claimsOf, serverTime } from "./lists.ts";

const LANES = 8;

export interface Expired {
  readonly marked: number;
  readonly failed: readonly Failure[];
}

/**
 * Notes which Pods of claims that expire are gone, and marks the address of each claim whose time is over. The claim goes
 * with its address; one that no record names any more, because the run that released its address died or never heard the
 * answer, goes here (H49).
 */
export async function endExpired(
  ports: CollectPorts,
  settings: Settings,
  sentinels: Sentinels,
): Promise<Expired> {
  const claims = claimsOf(await wholeStaticClaims(ports.cluster, sentinels));
  const absences = await noteAbsencesOfExpiring(ports, claims);
  const now = serverTime(ports);
  const over = [...absences.claims.values()].flatMap((claim) => {
    if (!claim.readable) return [];
    const kept = retention(claim.object, now);
    return kept.retained || kept.cause !== "claim-expired" ? [] : [claim.object];
  });
  const results = await inParallel(over, LANES, (claim) => endOne(ports, settings, claim, now));
  return {
    marked: results.filter((result) => result.ok && result.value === "marked").length,
    failed: [...absences.failed, ...failuresOf(results, (claim) => `VpcIPClaim ${nameOf(claim)}`)],
  };
}

async function endOne(
  ports: CollectPorts,
  settings: Settings,
  claim: StoredVpcIPClaim,
  now: number,
): Promise<"marked" | "done"> {
  const address = parseAddress(claim.status?.address ?? "");
  const found = address === undefined ? undefined : await ports.cluster.getVpcIP(address);
  if (found?.found === true) {
    if (!found.object.readable) return "done";
    const record = found.object.object;
    if (record.spec.claim?.uid === claim.metadata.uid) {
      // A Pod of its name that waits for the address uses the claim, whatever its status still says (H34).
      if (record.spec.leak !== undefined || (await hasPod(ports, claim))) return "done";
      return (await ports.writer.replaceVpcIP(expired(record, now))).outcome === "replaced"
        ? "marked"
        : "done";
    }
  }
  if ((await isReleasing(ports, settings, claim)) && !(await hasPod(ports, claim)))
    await ports.writer.deleteClaim(claim);
  return "done";
}

async function isReleasing(
  { cluster }: CollectPorts,
  settings: Settings,
  { status }: StoredVpcIPClaim,
): Promise<boolean> {
  const config = status?.nodeName === undefined ? undefined : await cluster.getNodeConfig(status.nodeName);
  const labels =
    config?.found === true && config.object.readable ? config.object.object.metadata.labels : undefined;
  return mayRelease(settings, labels?.[LABEL.nodeGroup]);
}

/** Whether a Pod of its name is there, although the claim's status doesn't say so yet. */
async function hasPod({ cluster }: CollectPorts, { metadata }: StoredVpcIPClaim): Promise<boolean> {
  const pod = await cluster.getPod(metadata.namespace ?? "", metadata.name);
  return pod.found && !pod.object.finished;
}

function expired(record: StoredVpcIP, now: number): StoredVpcIP {
  const leak = {
    cause: "claim-expired",
    scope: "Address",
    firstObservedAt: new Date(now).toISOString(),
  } as const;
  return { ...record, spec: { ...record.spec, leak } };
}

const nameOf = ({ metadata }: StoredVpcIPClaim): string => `${metadata.namespace ?? ""}/${metadata.name}`;
