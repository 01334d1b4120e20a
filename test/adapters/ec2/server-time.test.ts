import { describe, expect, it } from "@jest/globals";
import { watchServerTime } from "../../../src/adapters/ec2/server-time.ts";
import { fakeClock } from "../aws/fake-clock.ts";

const date = (time: number) => new Date(time).toUTCString();

describe("ServerTime", () => {
  it("is not near before EC2 was heard", () => {
    expect(watchServerTime(fakeClock()).isNearOwn()).toBe(false);
  });

  it.each([
    [0, true],
    [58_000, true],
    [-59_000, true],
    [61_000, false],
    [-61_000, false],
    [7_200_000, false],
  ])("H32 with EC2 %p ms ahead is near: %p", (ahead, near) => {
    const clock = fakeClock();
    const time = watchServerTime(clock);
    time.observe(date(clock.now() + ahead), clock.now());
    expect(time.isNearOwn()).toBe(near);
  });

  it("H31 is not near after an answer that was read long after its request", () => {
    const clock = fakeClock();
    const time = watchServerTime(clock);
    const sentAt = clock.now();
    const served = date(clock.now());
    clock.advance(600_000);
    time.observe(served, sentAt);
    expect(time.isNearOwn()).toBe(false);
  });

  it.each([300_001, -1])(
    "H31 is not near by an answer of %p ms ago: the clock may have been set since",
    (passed) => {
      const clock = fakeClock();
      const time = watchServerTime(clock);
      time.observe(date(clock.now()), clock.now());
      expect(time.isNearOwn()).toBe(true);
      clock.advance(passed);
      expect(time.isNearOwn()).toBe(false);
    },
  );

  it("goes by the latest answer", () => {
    const clock = fakeClock();
    const time = watchServerTime(clock);
    time.observe(date(clock.now() + 3_600_000), clock.now());
    expect(time.isNearOwn()).toBe(false);
    time.observe(date(clock.now()), clock.now());
    expect(time.isNearOwn()).toBe(true);
  });

  it.each([undefined, "", "yesterday"])("learns nothing from the Date %p", (header) => {
    const clock = fakeClock();
    const time = watchServerTime(clock);
    time.observe(header, clock.now());
    expect(time.isNearOwn()).toBe(false);
  });
});
