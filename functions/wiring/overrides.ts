import type { Clock, Identities } from "../../src/ports/clock.ts";
import type { Notices } from "../../src/ports/notices.ts";

/** What a caller that isn't Lambda may put in the place of the machine's own. Everything else comes from the environment. */
export interface Overrides {
  readonly clock?: Clock;
  readonly identities?: Identities;
  /** Told everything that the real notices are told, after them. */
  readonly notices?: Notices;
  /** Where log lines and metrics go instead of standard output. */
  readonly write?: (line: string) => void;
}
