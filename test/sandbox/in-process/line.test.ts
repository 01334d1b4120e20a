import { describe, expect, test } from "@jest/globals";
import { type Crossing, type Fate, Line } from "../../../src/sandbox/in-process/line.ts";

const CONNECT: Crossing = { to: "host", what: "connect c1" };
const UNASSIGN: Crossing = { to: "ec2", what: "UnassignPrivateIpAddresses eni-1" };

const broken = (): Error => new Error("the connection broke");

/** A process whose call meets this fate; `done` tells whether it has happened. */
function calls(crossing: Crossing, fate: Fate): { line: Line; done: () => boolean } {
  const line = new Line();
  line.fateOf = () => fate;
  let isDone = false;
  void line.cross(
    crossing,
    () => {
      isDone = true;
    },
    broken,
  );
  return { line, done: () => isDone };
}

/** Something that a process stands still until. */
function still(): { until: Promise<void>; thaw: () => Promise<void> } {
  let resolve = (): void => undefined;
  const until = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    until,
    thaw: async () => {
      resolve();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
}

describe("a process that stands still before a call", () => {
  test("wires the address when it goes on", async () => {
    const { until, thaw } = still();
    const { done } = calls(CONNECT, { frozen: "before", until });
    expect(done()).toBe(false);
    await thaw();
    expect(done()).toBe(true);
  });

  test("wires nothing any more where it was killed meanwhile: its lock file has been free since", async () => {
    const { until, thaw } = still();
    const { line, done } = calls(CONNECT, { frozen: "before", until });
    line.kill();
    await thaw();
    expect(done()).toBe(false);
  });

  test("wires nothing while its whole machine stands still for longer", async () => {
    const call = still();
    const machine = still();
    const { line, done } = calls(CONNECT, { frozen: "before", until: call.until });
    line.pause(machine.until);
    await call.thaw();
    expect(done()).toBe(false);
    await machine.thaw();
    expect(done()).toBe(true);
  });

  test("killed meanwhile, has its request arrive all the same: that had left the machine", async () => {
    const { until, thaw } = still();
    const { line, done } = calls(UNASSIGN, { frozen: "before", until });
    line.kill();
    await thaw();
    expect(done()).toBe(true);
  });

  test("has wired it at once where it stands still after that, whatever becomes of it", async () => {
    const { line, done } = calls(CONNECT, { frozen: "after", until: still().until });
    line.kill();
    await Promise.resolve();
    expect(done()).toBe(true);
  });
});
