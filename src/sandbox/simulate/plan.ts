import { Dice, subSeed } from "./dice.ts";
import { STEPS, type StepKind } from "./steps/index.ts";

/** One thing that happens. All that it draws comes from its own seed, so that it is the same whatever else happens. */
export interface Step {
  readonly nth: number;
  readonly kind: StepKind;
  readonly seed: number;
}

const KINDS = Object.keys(STEPS) as StepKind[];
const TOTAL = KINDS.reduce((sum, kind) => sum + STEPS[kind].weight, 0);

/** So that no cluster is all too quiet in the beginning. */
const FIRST: readonly StepKind[] = ["function-faults", "agent-faults", "pod-starts", "pod-starts"];

/** So many steps, from the seed alone. What is many steps in one counts for as many. */
export function planOf(seed: number, count: number): readonly Step[] {
  const steps: Step[] = [];
  let length = 0;
  for (let nth = 0; length < count; nth++) {
    const dice = new Dice(subSeed(seed, 1000 + nth));
    const drawn = kindAt(dice.next() * TOTAL);
    const kind = FIRST[nth] ?? drawn;
    steps.push({ nth, kind, seed: dice.seed() });
    length += STEPS[kind].length ?? 1;
  }
  return steps;
}

function kindAt(point: number): StepKind {
  let left = point;
  for (const kind of KINDS) {
    left -= STEPS[kind].weight;
    if (left < 0) return kind;
  }
  return "time";
}
