import { durationMilliseconds } from "./duration.ts";
import { detachedAtOf, type StoredVpcIPClaim } from "./objects/vpcipclaim.ts";

export type Retention =
  | { readonly retained: true; readonly detail: string }
  | { readonly retained: false; readonly cause: "claim-expired" | "pod-gone"; readonly detail: string };

/** The last millisecond that a Date holds (ECMAScript, "Time Values and Time Range"). */
const LAST_DATE = 8.64e15;

/**
 * Whether a static claim whose Pod is gone still retains its address.
 *
 * Time counts from the first absence that was observed (`status.detachedAt`, API-server time), not from the Pod's end: a
 * controller that was away for a week must not find everything expired at its first look (H33). No `detachedAt` means that
 * nobody has seen the absence yet.
 *
 * @param now API-server time, milliseconds since the epoch
 */
export function retention(claim: StoredVpcIPClaim, now: number): Retention {
  switch (claim.spec.reclaimPolicy ?? "Never") {
    case "Never":
      return { retained: true, detail: "reclaimPolicy Never" };
    case "WithPod":
      return { retained: false, cause: "pod-gone", detail: "reclaimPolicy WithPod" };
    case "AfterExpiry": {
      const after = durationMilliseconds(claim.spec.expireAfter ?? "");
      if (after === undefined)
        return { retained: true, detail: "reclaimPolicy AfterExpiry without expireAfter" };
      const detachedAt = detachedAtOf(claim);
      if (detachedAt === undefined)
        return { retained: true, detail: "its Pod's absence is not recorded yet" };
      const end = Date.parse(detachedAt) + after;
      if (!(end <= LAST_DATE)) return { retained: true, detail: "expireAfter is longer than time itself" };
      const until = new Date(end).toISOString();
      return now >= end
        ? { retained: false, cause: "claim-expired", detail: `expired at ${until}` }
        : { retained: true, detail: `until ${until}` };
    }
  }
}
