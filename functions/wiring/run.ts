import type { Identities } from "../../src/ports/clock.ts";

/**
 * Which run calls now: told in the user agent of every EC2 call, so that CloudTrail joins with the audit lines. A sweep's
 * own run begins with the one that asked for it (`run.…`), and the interface in both tells its calls from another node's.
 */
export interface RunWatch {
  /** Hands IDs out, and takes note of the first one after {@link RunWatch.begin}: a run names itself before it does anything. */
  readonly identities: Identities;
  readonly current: () => string;
  /** Starts an invocation or a message; where its run has a name already, with that. */
  begin(run?: string): void;
}

const NO_RUN = "none";

export function watchRun(identities: Identities): RunWatch {
  let current: string | undefined;
  return {
    identities: {
      unique() {
        const id = identities.unique();
        current ??= id;
        return id;
      },
    },
    current: () => current ?? NO_RUN,
    begin(run) {
      current = run;
    },
  };
}
