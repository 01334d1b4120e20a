import type { Fence } from "./fence.ts";

/** What the allocator's side of the protocol does. */
export const ALLOCATOR_FENCES: readonly Fence[] = [];
