import type { Crossing, Fate, Line } from "../in-process/index.ts";
import { Dice } from "./dice.ts";
import type { Sprung } from "./traps.ts";

/** How often a call meets what, as shares of all calls. */
export interface Rates {
  readonly lostBefore: number;
  readonly lostAfter: number;
  readonly late: number;
  readonly doubled: number;
  readonly killed: number;
  readonly frozen: number;
  readonly refused: number;
}

export const NO_FAULTS: Rates = {
  lostBefore: 0,
  lostAfter: 0,
  late: 0,
  doubled: 0,
  killed: 0,
  frozen: 0,
  refused: 0,
};

const MINUTE = 60_000;
/** What the API server refuses with: too many requests, errors of its own, a snapshot that has expired. */
const STATUSES = [429, 500, 503, 504];
/** A signed request is taken for fifteen minutes; one to the API server has no such end, but its connection has. */
const LATEST = { ec2: 14 * MINUTE, kubernetes: 2 * MINUTE, queue: MINUTE, mirror: MINUTE } as const;

/** The traps that one process may step into. */
export interface ItsTraps {
  readonly call: (crossing: Crossing) => Sprung | undefined;
  readonly moment: (moment: string) => Promise<unknown> | undefined;
}

/** What becomes of the calls of one process: drawn from its own seed, so that other processes' calls change nothing. */
export function meetsFaults(
  line: Line,
  seed: number,
  rates: () => Rates,
  sleep: (milliseconds: number) => Promise<void>,
  told: (crossing: Crossing, fate: string, arrives?: Promise<unknown>) => void,
  traps?: ItsTraps,
): void {
  const dice = new Dice(seed);
  line.fateOf = (crossing) => {
    const { fate, name } = traps?.call(crossing) ?? draw(crossing, dice, rates(), sleep);
    told(crossing, name, arrivalOf(fate));
    return fate;
  };
  line.standsStill = (moment) => {
    const caught = traps?.moment(moment);
    if (caught !== undefined) told({ to: "ec2", what: moment }, "trapped");
    if (caught !== undefined) return caught;
    if (!dice.chance(rates().frozen * 10)) return undefined;
    const length = dice.length(1_000, 3 * 60 * MINUTE);
    told({ to: "ec2", what: moment }, `frozen for ${length} ms`);
    return sleep(length);
  };
}

/** When a call that is long on its way is there; undefined where it goes at once, or not at all. */
function arrivalOf(fate: Fate): Promise<unknown> | undefined {
  if (typeof fate !== "object") return undefined;
  if ("lateFrom" in fate) return fate.lateFrom;
  return "frozen" in fate && fate.frozen === "before" ? fate.until : undefined;
}

function draw(
  { to, what }: Crossing,
  dice: Dice,
  rates: Rates,
  sleep: (milliseconds: number) => Promise<void>,
): { readonly fate: Fate; readonly name: string } {
  let share = dice.next();
  const falls = (rate: number): boolean => {
    share -= rate;
    return share < 0;
  };
  if (falls(rates.lostBefore)) return named("lost-before");
  if (falls(rates.lostAfter)) return named("lost-after");
  if (falls(rates.late)) {
    if (to === "host") return named("lost-before");
    const length = dice.length(500, LATEST[to]);
    return { fate: { lateFrom: sleep(length) }, name: `late by ${length} ms` };
  }
  if (falls(rates.doubled)) return named(dice.chance(0.5) ? "doubled" : "doubled-second");
  if (falls(rates.killed))
    return named(dice.pick(["killed-before", "killed-after", "killed-heard"] as const) ?? "killed-before");
  if (falls(rates.frozen)) {
    const length = dice.length(1_000, 3 * 60 * MINUTE);
    const frozen = dice.chance(0.5) ? "before" : "after";
    const isBroken = dice.chance(0.3);
    return { fate: { frozen, until: sleep(length), isBroken }, name: `frozen ${frozen} for ${length} ms` };
  }
  if (falls(rates.refused)) {
    const refused = refusalOf(to, what, dice);
    if (refused !== undefined) return { fate: { refused }, name: `refused ${refused}` };
  }
  return { fate: "through", name: "" };
}

const named = (fate: Exclude<Fate, object>) => ({ fate, name: fate });

function refusalOf(to: Crossing["to"], what: string, dice: Dice): number | string | undefined {
  if (to === "ec2") return dice.chance(0.8) ? "RequestLimitExceeded" : "InternalError";
  if (to !== "kubernetes") return undefined;
  if (what.includes("continue=") && dice.chance(0.7)) return 410;
  if (what.startsWith("PUT") && dice.chance(0.5)) return 409;
  return dice.pick(STATUSES);
}
