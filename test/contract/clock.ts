import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Clock } from "../../src/ports/clock.ts";

/** A clock, and how its time is made to pass where it doesn't by itself. */
export interface ClockPeer {
  readonly clock: Clock;
  until<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

/** Timers keep whole milliseconds (Node.js documentation, "Timers"): one may ring a part of one early. */
const TICK_MILLISECONDS = 1;

/** What every {@link Clock} does. Own time is asked, never another clock. */
export function describeClock(name: string, makePeer: () => ClockPeer): void {
  describe(`Clock by ${name}`, () => {
    let peer: ClockPeer;
    beforeEach(() => {
      peer = makePeer();
    });
    afterEach(() => peer.stop());

    test("tells time since the epoch, and never an earlier one", async () => {
      const { clock, until } = peer;
      const told = [clock.now()];
      for (let times = 0; times < 5; times++) {
        await until(clock.sleep(3));
        told.push(clock.now());
      }
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told[0]).toBeGreaterThan(Date.parse("2020-01-01T00:00:00Z"));
    });

    test("lets whoever sleeps sleep for so long", async () => {
      const { clock, until } = peer;
      for (const milliseconds of [5, 40]) {
        const before = clock.now();
        await until(clock.sleep(milliseconds));
        expect(clock.now() - before).toBeGreaterThanOrEqual(milliseconds - TICK_MILLISECONDS);
      }
    });

    test("wakes who sleeps shorter before who sleeps longer", async () => {
      const { clock, until } = peer;
      const woken: number[] = [];
      const sleeper = async (milliseconds: number): Promise<void> => {
        await clock.sleep(milliseconds);
        woken.push(milliseconds);
      };
      await until(Promise.all([90, 10, 50].map(sleeper)));
      expect(woken).toEqual([10, 50, 90]);
    });

    test("wakes at once who sleeps for no time, or less", async () => {
      const { clock, until } = peer;
      await until(Promise.all([clock.sleep(0), clock.sleep(-5)]));
    });
  });
}
