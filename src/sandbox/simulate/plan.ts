import { Dice, subSeed } from "./dice.ts";
import { STEPS, type StepKind } from "./steps/index.ts";

/** One thing that happens. All that it draws comes from its own seed, so that it is the same whatever else happens. */
export interface Step {
  readonly kind: StepKind;
  readonly seed: number;
}

const KINDS = Object.keys(STEPS) as StepKind[];
const TOTAL = KINDS.reduce((sum, kind) => sum + STEPS[kind].weight, 0);

/** So many steps, from the seed alone. */
export function planOf(seed: number, count: number): readonly Step[] {
  return Array.from({ length: count }, (_, nth) => {
    const dice = new Dice(subSeed(seed, 1000 + nth));
    return { kind: kindAt(dice.next() * TOTAL), seed: dice.seed() };
  });
}

function kindAt(point: number): StepKind {
  let left = point;
  for (const kind of KINDS) {
    left -= STEPS[kind].weight;
    if (left < 0) return kind;
  }
  return "time";
}
