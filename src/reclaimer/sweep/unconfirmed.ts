import { type Address, parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { subjectOf, type Verdict } from "../../domain/verdict.ts";
import type { SweepPorts } from "../settings.ts";
import { isDue } from "./due-work.ts";
import type { NodeTruth } from "./read-again.ts";

/**
 * What only an old report says is in use: its Pod is gone from the API for as long as a mark takes, and nobody on the node was
 * there to look again, for without a daemon nobody is until the next operation. The container may run (H13) or not (H43, H81):
 * the address is kept and its mark goes, as of anything in use; but it is counted as unknown, and people are told after each daily
 * run until the node reports.
 */
export function unconfirmed(
  truth: NodeTruth,
  markAgeSeconds: number,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  return verdicts.map((verdict) => unconfirmedOf(truth, markAgeSeconds, verdict));
}

function unconfirmedOf(truth: NodeTruth, markAgeSeconds: number, verdict: Verdict): Verdict {
  if (verdict.decision !== "keep" || verdict.reason !== "in-use") return verdict;
  const { evidence } = truth;
  const record = evidence.vpcIPs?.get(verdict.address);
  if (record?.known !== "whole" || record.object.spec.release !== undefined) return verdict;
  if (!isDue(record.object, { markAgeSeconds }, evidence.now)) return verdict;
  if (livePod(truth, verdict.address, record.object)) return verdict;
  const detail = { ...(verdict.detail === undefined ? {} : { detail: verdict.detail }) };
  return { ...subjectOf(verdict), decision: "unknown", reason: "sandbox-unconfirmed", ...detail };
}

/** Whether a Pod that lives is behind what the report says has the address. */
function livePod({ config, evidence }: NodeTruth, address: Address, { spec }: StoredVpcIP): boolean {
  const sandboxes = (config?.status?.inUse ?? []).filter(
    (sandbox) => parseAddress(sandbox.address) === address || sandbox.containerID === spec.claim?.containerID,
  );
  return sandboxes.some(({ podUID }) =>
    evidence.pods.some(({ uid, finished }) => uid === podUID && !finished),
  );
}

/** One alarm a sweep, and so one a day at most: the mark has gone. */
export function alarmUnconfirmed(
  { notices }: Pick<SweepPorts, "notices">,
  node: string,
  verdicts: readonly Verdict[],
): void {
  const found = verdicts.filter(
    (verdict) => verdict.decision === "unknown" && verdict.reason === "sandbox-unconfirmed",
  );
  const [first] = found;
  if (first === undefined) return;
  const message = `its last report says that sandboxes of Pods that are gone live, and nobody there has looked since: ${found.length} addresses are kept (${first.address}, …)`;
  notices.alarm({ kind: "allocator-silent", message, node, subject: first.address });
}
