import { parseAddress } from "../../domain/address.ts";
import type { ClaimReference, StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { putBack } from "./records.ts";

const IN_USE = new Set(["in-use", "claimed", "pod-status"]);

/**
 * An intent of another run proves nothing (design §4.4c, H78): where a sandbox has the address after all, the claim is put
 * back, and people are told, for two sides thought that the address was theirs.
 */
export async function putBackClaims(context: SweepContext, verdicts: readonly Verdict[]): Promise<void> {
  for (const verdict of verdicts) {
    if (verdict.decision !== "keep" || !IN_USE.has(verdict.reason)) continue;
    const record = context.truth.evidence.vpcIPs?.get(verdict.address);
    if (record?.known !== "whole" || record.object.spec.release === undefined) continue;
    try {
      const claim = claimOf(context, record.object);
      const answer = await context.ports.writer.replaceVpcIP(putBack(record.object, claim));
      const message = `run ${record.object.spec.release.run} was about to release ${verdict.address}, which is in use`;
      if (answer.outcome === "replaced") {
        context.ports.notices.alarm({
          kind: "claim-put-back",
          message,
          node: context.node,
          subject: verdict.address,
        });
      }
    } catch (error) {
      context.fail(verdict.address, messageOf(error));
    }
  }
}

/** The claim of the sandbox that has the address, where the record has none. */
function claimOf({ truth }: SweepContext, record: StoredVpcIP): ClaimReference | undefined {
  const sandbox = truth.config?.status?.inUse?.find(
    ({ address }) => parseAddress(address) === record.metadata.name,
  );
  const pod = truth.evidence.pods.find(({ uid }) => uid === sandbox?.podUID);
  if (sandbox === undefined || pod === undefined) return undefined;
  return { namespace: pod.namespace, name: pod.name, podUID: pod.uid, containerID: sandbox.containerID };
}
