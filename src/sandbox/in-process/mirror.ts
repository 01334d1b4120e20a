import {
  MirrorError,
  type MirrorVersion,
  valueAfter,
  whatCounts,
} from "../../adapters/ssm/mirror-versions.ts";
import type { Mirror, Mirrored, MirroredState } from "../../ports/mirror.ts";
import type { Line } from "./line.ts";

/** The mirror's parameter with all its versions; it outlives the functions. */
export class MirrorCell {
  #values: string[] = [];
  #state: MirroredState | undefined;

  /** What it says to whoever asks now. */
  get state(): MirroredState | undefined {
    return this.#state;
  }

  /** As if by hand; undefined deletes it. */
  set state(state: MirroredState | undefined) {
    if (state === undefined) this.#values = [];
    else this.#values.push(valueAfter(this.#values.length, state));
    this.#state = state;
  }

  /** Any text, as a person may write it. */
  putByHand(value: string): void {
    this.#values.push(value);
  }

  version(version = this.#values.length): MirrorVersion | undefined {
    const value = this.#values[version - 1];
    return value === undefined ? undefined : { version, value };
  }

  /** @returns the number of the new version */
  put(state: MirroredState, follows: number): number {
    if (follows === this.#values.length) this.#state = state;
    return this.#values.push(valueAfter(follows, state));
  }
}

const broken = (): Error => new Error("the connection broke");

function failed(cause: unknown): never {
  throw new MirrorError(`the mirror: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/** {@link Mirror} by such a cell, each request over the line. */
export function mirrorIn(cell: MirrorCell, line: Line): Mirror {
  return {
    read: (): Promise<Mirrored> =>
      whatCounts((version) =>
        line.cross({ to: "mirror", what: "read" }, () => cell.version(version), broken),
      ).catch(failed),
    write: (state, follows) =>
      line
        .cross({ to: "mirror", what: "write" }, () => cell.put(state, follows) === follows + 1, broken)
        .catch(failed),
  };
}
