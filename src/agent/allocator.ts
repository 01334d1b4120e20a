import type { Address } from "../domain/address.ts";

/** CNI ADD, as far as the protocol needs it. */
export interface AddRequest {
  readonly namespace: string;
  readonly name: string;
  readonly podUID: string;
  readonly containerID: string;
}

export type Added =
  | { readonly kind: "added"; readonly address: Address; readonly interfaceID: string }
  /** CNI error code 11: try again later (CNI specification 1.1, "Error"). */
  | { readonly kind: "again"; readonly why: string }
  /** Trying again does not help by itself. */
  | { readonly kind: "failed"; readonly why: string };

/** Whoever hands out the addresses of one node. Nothing in it runs by itself: its driver calls. */
export interface NodeAllocator {
  /** CNI ADD, idempotent for its container ID. */
  add(request: AddRequest): Promise<Added>;
  /** CNI DEL, idempotent. */
  del(containerID: string): Promise<"done" | "again">;
  /** One pass over what waits for nobody's call: about every ten seconds. */
  maintain(): Promise<void>;
  /** The node's Lease object changed: perhaps somebody asks for it. */
  leaseChanged(): Promise<void>;
}
