import type { Address } from "../../domain/address.ts";
import type { Evidence } from "../../domain/evidence.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";

const LANES = 8;

/**
 * Static claims whose status tells no address, while a VpcIP names them by UID, and its Pod is gone: the allocator died between the
 * two writes, or the status was lost (a create drops it, and a restore may: design §3). Nobody could ever note the absence of a Pod
 * that no status names, so the address would be retained for ever. Truth is in the VpcIP's spec: the status is written again
 * from it, and the next daily run notes the absence.
 *
 * @returns what could not be written
 */
export async function writeLostStatuses(
  { writer }: Pick<CollectPorts, "writer">,
  evidence: Evidence,
  verdicts: readonly Verdict[],
): Promise<readonly Failure[]> {
  const lost = verdicts.flatMap((verdict) =>
    verdict.decision === "keep" && verdict.reason === "retained" ? written(evidence, verdict.address) : [],
  );
  const results = await inParallel(lost, LANES, (claim) => writer.replaceClaimStatus(claim));
  return failuresOf(results, ({ metadata: { namespace = "", name } }) => `VpcIPClaim ${namespace}/${name}`);
}

function written({ vpcIPs, claims, livePodUIDs }: Evidence, address: Address): readonly StoredVpcIPClaim[] {
  const record = vpcIPs?.get(address);
  if (record?.known !== "whole") return [];
  const { claim: reference, nodeName } = record.object.spec;
  if (reference === undefined || livePodUIDs?.has(reference.podUID) !== false) return [];
  const claim = claims?.get(`${reference.namespace}/${reference.name}`);
  if (claim?.readable !== true || claim.object.metadata.uid !== reference.uid) return [];
  const { detachedAt: _at, detachedPodUID: _of, ...status } = claim.object.status ?? {};
  if (status.address !== undefined) return [];
  return [{ ...claim.object, status: { ...status, address, nodeName, podUID: reference.podUID } }];
}
