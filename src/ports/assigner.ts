import type { Address } from "../domain/address.ts";

/** What to assign: as many as EC2 likes to choose, or exactly these. */
export type AssignRequest =
  | { readonly interfaceID: string; readonly count: number }
  | { readonly interfaceID: string; readonly addresses: readonly Address[] };

export type AssignAnswer =
  | { readonly kind: "done"; readonly addresses: readonly Address[] }
  /** EC2 did nothing and said so: the subnet or the interface is full, an address is somebody's, we may not. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** EC2 did nothing because of too many calls. */
  | { readonly kind: "throttled"; readonly code: string }
  /** It may have happened, or may yet happen. */
  | { readonly kind: "unclear"; readonly cause: unknown };

/** EC2 AssignPrivateIpAddresses: at most one request a call, never with AllowReassignment (H60). */
export interface CloudAssigner {
  assign(request: AssignRequest): Promise<AssignAnswer>;
}
