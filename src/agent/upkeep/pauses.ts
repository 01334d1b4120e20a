import type { AssignAnswer } from "../../ports/assigner.ts";
import type { LockNote, Pause, Pauses } from "../lease/lock-note.ts";
import type { Picture } from "../node/picture.ts";

/** Where EC2 is asked for addresses. */
export interface Asked {
  readonly interfaceID: string;
  readonly subnetID?: string | undefined;
}

export interface Moment {
  /** Own time, milliseconds since the epoch. */
  readonly now: number;
  /** The node's sweepEpoch. */
  readonly epoch: number;
}

/** How long the first pause is, and the longest; each is twice the one before. */
interface Growth {
  readonly firstSeconds: number;
  readonly longestSeconds: number;
}

/**
 * A subnet without room, or an interface that gets no more. amazon-vpc-cni-k8s asks a subnet without room again after two
 * minutes, whatever it is asked for (`insufficientCidrErrorCooldown` in its pkg/ipamd/ipamd.go).
 */
const REFUSED: Growth = { firstSeconds: 30, longestSeconds: 600 };
/** Too many calls: full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
const THROTTLED: Growth = { firstSeconds: 4, longestSeconds: 120 };

const NO_ROOM: ReadonlySet<string> = new Set(["InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks"]);
const EC2 = "EC2";

export type Refusal = Extract<AssignAnswer, { kind: "refused" | "throttled" }>;

/** What was refused: so many addresses, there. */
export interface Refused extends Asked {
  readonly count: number;
  readonly answer: Refusal;
  /** In [0, 1). */
  readonly chance: number;
}

/** The pauses that count still: what is over for long, or from before the node gave an address back, does not. */
export function standing(pauses: Pauses = {}, { now, epoch }: Moment): Pauses {
  const longest = REFUSED.longestSeconds * 1000;
  return Object.fromEntries(
    Object.entries(pauses).filter(([, { since, seconds, epoch: then = epoch }]) => {
      const over = now - since - seconds * 1000;
      // An own clock that went back says nothing.
      return since <= now && over <= longest && then === epoch;
    }),
  );
}

/**
 * With one refusal more. A subnet that has not so many left may have one (H73): who was refused more than one may ask for one
 * at once.
 */
export function afterRefusal(pauses: Pauses, refused: Refused, { now, epoch }: Moment): Pauses {
  const { count, answer, chance } = refused;
  if (answer.kind === "throttled") {
    const times = (pauses[EC2]?.times ?? 0) + 1;
    const seconds = secondsOf(times, THROTTLED) * chance;
    const why = `EC2 has had too many calls (${answer.code})`;
    return { ...pauses, [EC2]: { since: now, seconds, times, why } };
  }
  const isFull = NO_ROOM.has(answer.code);
  const key = isFull ? subnetKey(refused) : interfaceKey(refused);
  const times = pauses[key] === undefined && count > 1 ? 0 : (pauses[key]?.times ?? 0) + 1;
  const why = isFull ? `${key} has no free address` : `${key} gets no address (${answer.code})`;
  const pause: Pause = { since: now, seconds: secondsOf(times, REFUSED), times, epoch, why };
  return { ...pauses, [key]: pause };
}

/** EC2 has assigned something: what was known of the place is over. */
export function afterSuccess(pauses: Pauses, asked: Asked): Pauses {
  const over = new Set(keysOf(asked));
  return Object.fromEntries(Object.entries(pauses).filter(([key]) => !over.has(key)));
}

/** Whether more than one address has lately been refused here. */
export const isScarce = (pauses: Pauses, asked: Asked): boolean =>
  pauses[subnetKey(asked)] !== undefined || pauses[interfaceKey(asked)] !== undefined;

/** What keeps EC2 from being asked there now, the longest of it; undefined: nothing. */
export function pausedAt(
  pauses: Pauses,
  asked: Asked,
  now: number,
): { readonly seconds: number; readonly why: string } | undefined {
  const left = keysOf(asked).flatMap((key) => {
    const { since = now, seconds = 0, why = "" } = pauses[key] ?? {};
    const left = Math.ceil((since + seconds * 1000 - now) / 1000);
    return left > 0 ? [{ seconds: left, why: `${why}; asked again in ${left} s` }] : [];
  });
  return left.sort((a, b) => b.seconds - a.seconds)[0];
}

/** Why EC2 is asked for no address of any of the node's interfaces; undefined where it may be asked. */
export function pausedEverywhere({ status, ports }: Picture, note: LockNote): string | undefined {
  const now = ports.clock.now();
  const pauses = standing(note.pauses, { now, epoch: status.sweepEpoch ?? 0 });
  const interfaces = status.interfaces ?? [];
  const paused = interfaces.flatMap(
    ({ id, subnetID }) => pausedAt(pauses, { interfaceID: id, subnetID }, now) ?? [],
  );
  if (paused.length < interfaces.length) return undefined;
  return paused.sort((a, b) => a.seconds - b.seconds)[0]?.why;
}

/** None the first time, then the first, then twice as much each time. */
function secondsOf(times: number, { firstSeconds, longestSeconds }: Growth): number {
  return times === 0 ? 0 : Math.min(longestSeconds, firstSeconds * 2 ** (times - 1));
}

const interfaceKey = ({ interfaceID }: Asked): string => `interface ${interfaceID}`;
/** An interface whose subnet nobody knows has one of its own. */
const subnetKey = ({ subnetID, interfaceID }: Asked): string => `subnet ${subnetID ?? `of ${interfaceID}`}`;
const keysOf = (asked: Asked): readonly string[] => [EC2, subnetKey(asked), interfaceKey(asked)];
