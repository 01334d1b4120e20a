import { describe, expect, it } from "@jest/globals";
import { isPutOff, isToldOf, putOff, takenUp } from "../../src/domain/put-off.ts";
import { ago, mark, NOW, record } from "./builders.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const marked = record({ leak: mark() });
const noted = (note: string) => ({
  ...marked,
  metadata: { ...marked.metadata, annotations: { "vpcip.dev/put-off": note } },
});

/** For how many minutes a record is put off from now on. */
function minutes(one: typeof marked): number {
  let count = 0;
  while (isPutOff(one, NOW + count * MINUTE)) count++;
  return count;
}

describe("work that is put off", () => {
  it("waits twice as long each time, and a day at most", () => {
    let one = marked;
    const waits: number[] = [];
    for (let times = 0; times < 10; times++) {
      one = putOff(one, NOW);
      waits.push(minutes(one));
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  });

  it("is taken up at its time, and where nothing was put off", () => {
    expect(isPutOff(putOff(marked, NOW), NOW + 10 * MINUTE)).toBe(false);
    expect(isPutOff(marked, NOW)).toBe(false);
  });

  it("has been told of once it was put off; told of again once a day where it is never done", () => {
    let one = marked;
    const told: boolean[] = [];
    for (let times = 0; times < 11; times++) {
      told.push(isToldOf(one));
      one = putOff(one, NOW);
    }
    expect(told).toEqual([false, ...Array(8).fill(true), false, false]);
  });

  it("is about the mark that stands: another one is tried at once, and from the beginning", () => {
    const old = putOff(putOff(marked, NOW), NOW);
    const anew = { ...old, spec: { ...old.spec, leak: mark({ firstObservedAt: ago(60) }) } };
    expect(isPutOff(anew, NOW)).toBe(false);
    expect(minutes(putOff(anew, NOW))).toBe(10);
  });

  it("is about the record where there is no mark: one that was made again is tried at once", () => {
    const tombstones = [{ interfaceID: "eni-a", until: ago(1) }];
    const old = putOff(record({ tombstones }), NOW);
    expect(isPutOff(old, NOW)).toBe(true);
    expect(isPutOff({ ...old, metadata: { ...old.metadata, uid: "another" } }, NOW)).toBe(false);
  });

  it("H32 is not put off by a note that was edited by hand: nonsense, or longer than a day", () => {
    const subject = mark().firstObservedAt;
    const until = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();
    expect(isPutOff(noted(`${until(DAY)} 9 ${subject}`), NOW)).toBe(true);
    for (const note of [
      `${until(DAY + 1)} 9 ${subject}`,
      `${until(DAY)} 9`,
      `${until(DAY)} x ${subject}`,
      `${until(DAY)} -1 ${subject}`,
      `tomorrow 9 ${subject}`,
      "",
    ])
      expect([note, isPutOff(noted(note), NOW)]).toEqual([note, false]);
    expect(minutes(putOff(noted("tomorrow"), NOW))).toBe(10);
  });

  it("leaves other annotations as they are, and no note once it is taken up", () => {
    const kept = { ...marked, metadata: { ...marked.metadata, annotations: { mine: "yes" } } };
    expect(putOff(kept, NOW).metadata.annotations).toMatchObject({ mine: "yes" });
    expect(takenUp(putOff(kept, NOW))).toEqual(kept);
    expect(takenUp(marked)).toBe(marked);
  });
});
