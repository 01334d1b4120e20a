import { type Address, parseAddress } from "../../../src/domain/address.ts";
import { type Change, Ec2, Ec2Error, type Ec2Options } from "../../../src/sandbox/ec2/index.ts";

export const START = Date.UTC(2030, 0, 1);

/** A clock that moves only when told. */
export function manualClock(start = START) {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

/** Mulberry32: small, seeded, good enough to scatter addresses. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const address = (text: string): Address => {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
};

/** One subnet, 10.0.0.0/24, one m5.large in it, without throttling unless asked for. */
export function world(options: Partial<Ec2Options> = {}, cidr = "10.0.0.0/24") {
  const clock = manualClock();
  const ec2 = new Ec2({ clock: clock.now, random: seededRandom(), throttling: false, ...options });
  const changes: Change[] = [];
  ec2.onChange((change) => changes.push(change));
  const subnetID = ec2.seed.addSubnet({ cidr });
  const { instanceID, interfaceID } = ec2.seed.runInstance({ subnetID });
  changes.length = 0;
  return { clock, ec2, changes, subnetID, instanceID, interfaceID };
}

/** The code of the error that a call ends in; "done" where there is none. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "done";
  } catch (error) {
    if (error instanceof Ec2Error) return error.code;
    throw error;
  }
}

export function interfaceOf(ec2: Ec2, id: string) {
  const found = ec2.snapshot().find((one) => one.id === id);
  if (found === undefined) throw new Error(`no interface ${id}`);
  return found;
}
