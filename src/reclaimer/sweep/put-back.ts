import { parseAddress } from "../../domain/address.ts";
import type { ClaimReference, StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { bound, isLent, putBack } from "../../domain/record-transitions.ts";
import type { KeepReason, Verdict } from "../../domain/verdict.ts";
import { removeMark } from "../collect/write-marks.ts";
import { messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { tombstoneEnd } from "./unassign.ts";

type Intent = NonNullable<StoredVpcIP["spec"]["release"]>;

/** Somebody uses the address: two sides thought that it was theirs, and people are told. */
const IN_USE: ReadonlySet<string> = new Set<KeepReason>(["in-use", "claimed", "pod-status"]);
/** Nobody uses it, and it is not to be released. */
const KEPT: ReadonlySet<string> = new Set<KeepReason>([
  "pool",
  "cooling",
  "retained",
  "opt-out",
  "prefix-member",
]);

/**
 * An intent of another run proves nothing (design §4.4c, H78): where the address is kept after all, the intent is taken back,
 * and the claim of a sandbox that has the address is put back. That run's request may yet come: the address stays bound to
 * the interface until it can't any more (design §4.4d). A record that was lent to an interface is given back: a late request to
 * delete that one takes no address from anybody.
 */
export async function putBackClaims(context: SweepContext, verdicts: readonly Verdict[]): Promise<void> {
  for (const verdict of verdicts) {
    if (verdict.decision !== "keep") continue;
    const record = context.truth.evidence.vpcIPs?.get(verdict.address);
    if (record?.known !== "whole" || record.object.spec.release === undefined) continue;
    try {
      const isKept = IN_USE.has(verdict.reason) || KEPT.has(verdict.reason);
      if (isKept && isLent(record.object)) await removeMark(context.ports, record.object);
      else if (IN_USE.has(verdict.reason))
        await putBackInUse(context, record.object, record.object.spec.release);
      else if (KEPT.has(verdict.reason)) await takeBack(context, record.object, record.object.spec.release);
    } catch (error) {
      context.fail(verdict.address, messageOf(error));
    }
  }
}

async function putBackInUse(context: SweepContext, record: StoredVpcIP, intent: Intent): Promise<void> {
  const { writer, notices } = context.ports;
  const claimed = putBack(record, claimOf(context, record));
  const answer = await writer.replaceVpcIP(bound(claimed, intent.interfaceID, tombstoneEnd(context)));
  if (answer.outcome !== "replaced") return;
  const address = record.metadata.name;
  const message = `run ${intent.run} was about to release ${address}, which is in use`;
  notices.alarm({ kind: "claim-put-back", message, node: context.node, subject: address });
}

async function takeBack(context: SweepContext, record: StoredVpcIP, intent: Intent): Promise<void> {
  const { leak: _leak, release: _release, ...spec } = record.spec;
  const kept = { ...record, spec };
  await context.ports.writer.replaceVpcIP(bound(kept, intent.interfaceID, tombstoneEnd(context)));
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
