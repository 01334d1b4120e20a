import type { Clock } from "../../ports/clock.ts";
import { ClusterError } from "../../ports/cluster.ts";

const TRIES = 3;

/**
 * What is so now: read again where the reading took longer than that, for a function may stand still between question and answer, and
 * what is true by then is another thing.
 *
 * @throws ClusterError where each of three answers came too late, and what `read` throws
 */
export async function readFresh<T>(
  clock: Pick<Clock, "now">,
  withinMilliseconds: number,
  what: string,
  read: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const askedAt = clock.now();
    const answer = await read();
    const age = clock.now() - askedAt;
    if (age >= 0 && age < withinMilliseconds) return answer;
  }
  throw new ClusterError("unclear", `the answers of ${what} come too late to say what it is now`);
}
