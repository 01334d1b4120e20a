import { expect, test } from "@jest/globals";
import { type Trap, Traps } from "../../../src/sandbox/simulate/traps.ts";

const trap = (more: Partial<Trap>): Trap => ({
  who: "sweep node-1",
  what: /^PUT/,
  after: 1,
  stands: () => Promise.resolve(),
  fate: () => ({ fate: "lost-after", name: "trapped" }),
  ...more,
});
const put = { to: "kubernetes", what: "PUT /x" } as const;
const WHO = "function 7 sweep node-1";

test("a trap springs once, at the call that it is for, of the process that it is for", () => {
  const traps = new Traps();
  traps.lay(trap({}));
  const at = (who: string, what: string) => traps.call(who, { to: "kubernetes", what })?.name;
  expect(at("function 7 sweep node-2", "PUT /x")).toBeUndefined();
  expect(at(WHO, "GET /x")).toBeUndefined();
  expect(at(WHO, "PUT /x")).toBeUndefined();
  expect(at(WHO, "PUT /x")).toBe("trapped");
  expect(at(WHO, "PUT /x")).toBeUndefined();
});

test("a trap that lasts springs again, until all are cleared", () => {
  const traps = new Traps();
  traps.lay(trap({ after: 0, isLasting: true }));
  expect([traps.call(WHO, put)?.name, traps.call(WHO, put)?.name]).toEqual(["trapped", "trapped"]);
  traps.clear();
  expect(traps.call(WHO, put)).toBeUndefined();
});

test("a trap between two calls says until when its process stands still", async () => {
  const traps = new Traps();
  traps.lay(trap({ what: /^signing$/, after: 0 }));
  await expect(traps.moment(WHO, "signing")).resolves.toBeUndefined();
  expect(traps.moment(WHO, "signing")).toBeUndefined();
});
