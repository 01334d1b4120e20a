import { expect, test } from "@jest/globals";
import type { Pauses } from "../../src/agent/lease/lock-note.ts";
import {
  afterRefusal,
  afterSuccess,
  pausedAt,
  type Refusal,
  standing,
} from "../../src/agent/upkeep/pauses.ts";

const PLACE = { interfaceID: "eni-1", subnetID: "subnet-1" };
const FULL: Refusal = { kind: "refused", code: "InsufficientFreeAddressesInSubnet", message: "" };
const LIMIT: Refusal = { kind: "refused", code: "PrivateIpAddressLimitExceeded", message: "" };
const BUSY: Refusal = { kind: "throttled", code: "RequestLimitExceeded" };
const MOMENT = { now: 1_000_000, epoch: 1 };

function refusedTimes(times: number, answer: Refusal, chance = 0.5): Pauses {
  let pauses: Pauses = {};
  for (let time = 0; time < times; time++)
    pauses = afterRefusal(pauses, { ...PLACE, count: 1, answer, chance }, MOMENT);
  return pauses;
}

const seconds = (pauses: Pauses, place = PLACE): number =>
  pausedAt(standing(pauses, MOMENT), place, MOMENT.now)?.seconds ?? 0;

test("a pause doubles from half a minute to ten minutes", () => {
  const all = [1, 2, 3, 4, 5, 6, 40].map((times) => seconds(refusedTimes(times, FULL)));
  expect(all).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test("many calls make a pause of up to four seconds, then eight, two minutes at most, by chance", () => {
  const longest = [1, 2, 3, 40].map((times) => seconds(refusedTimes(times, BUSY, 0.9999)));
  expect(longest).toEqual([4, 8, 16, 120]);
  expect(seconds(refusedTimes(40, BUSY, 0))).toBe(0);
  expect(seconds(refusedTimes(40, BUSY, 0.25))).toBe(30);
});

test("a full subnet is full for each interface in it, and for no other", () => {
  const pauses = refusedTimes(1, FULL);
  expect(seconds(pauses, { ...PLACE, interfaceID: "eni-2" })).toBe(30);
  expect(seconds(pauses, { interfaceID: "eni-2", subnetID: "subnet-2" })).toBe(0);
});

test("a full interface says nothing of its subnet", () => {
  const pauses = refusedTimes(1, LIMIT);
  expect(seconds(pauses)).toBe(30);
  expect(seconds(pauses, { ...PLACE, interfaceID: "eni-2" })).toBe(0);
});

test("who was refused many may ask for one at once", () => {
  const many = { ...PLACE, count: 4, answer: FULL, chance: 0.5 };
  const pauses = afterRefusal({}, many, MOMENT);
  expect(seconds(pauses)).toBe(0);
  expect(seconds(afterRefusal(pauses, { ...many, count: 1 }, MOMENT))).toBe(30);
});

test("what EC2 has assigned since, a bump, an own clock that went back, and a long time end a pause", () => {
  const pauses = refusedTimes(6, FULL);
  expect(seconds(afterSuccess(pauses, PLACE))).toBe(0);
  expect(standing(pauses, { ...MOMENT, epoch: 2 })).toEqual({});
  expect(standing(pauses, { ...MOMENT, now: MOMENT.now - 1 })).toEqual({});
  expect(standing(pauses, { ...MOMENT, now: MOMENT.now + 1_200_000 })).toEqual(pauses);
  expect(standing(pauses, { ...MOMENT, now: MOMENT.now + 1_200_001 })).toEqual({});
});
