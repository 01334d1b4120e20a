import { ALLOCATOR_FENCES } from "./allocator-fences.ts";
import type { Fence } from "./fence.ts";
import { GUARD_FENCES } from "./guard-fences.ts";
import { JUDGEMENT_FENCES } from "./judgement-fences.ts";
import { LIST_FENCES } from "./list-fences.ts";
import { RELEASE_FENCES } from "./release-fences.ts";

/** Every fence of the product, in the order of docs/protocol.md. */
export const FENCES: readonly Fence[] = [
  ...LIST_FENCES,
  ...JUDGEMENT_FENCES,
  ...RELEASE_FENCES,
  ...GUARD_FENCES,
  ...ALLOCATOR_FENCES,
];
