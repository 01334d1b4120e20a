import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { inParallel } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";
import type { Sentinels } from "./memory.ts";
import { wholeStaticClaims } from "./whole-lists.ts";

const LANES = 8;

/**
 * Takes the notes of absences from all static claims. After a restore they are from before: the Pod may have been back since,
 * and ended a moment ago. Expiry counts anew from the first absence that is seen now (H33, H61).
 *
 * @throws ClusterError where a note could not be taken away: the next run does it again, for nothing is accepted before
 */
export async function forgetAbsences(
  { cluster, writer }: Pick<CollectPorts, "cluster" | "writer">,
  sentinels: Sentinels,
): Promise<void> {
  const claims = await wholeStaticClaims(cluster, sentinels);
  const noted = claims.flatMap((claim) =>
    claim.readable && claim.object.status?.detachedAt !== undefined ? [claim.object] : [],
  );
  for (const result of await inParallel(noted, LANES, (claim) => writer.replaceClaimStatus(unnoted(claim)))) {
    const { namespace = "", name } = result.item.metadata;
    if (!result.ok) throw result.error;
    if (result.value.outcome === "conflict")
      throw new ClusterError("refused", `VpcIPClaim ${namespace}/${name} has changed`);
  }
}

function unnoted(claim: StoredVpcIPClaim): StoredVpcIPClaim {
  const { detachedAt: _at, detachedPodUID: _of, ...status } = claim.status ?? {};
  return { ...claim, status };
}
