import { expect, test } from "@jest/globals";
import { sweep } from "../../../src/reclaimer/index.ts";
import { messageFor } from "../invocations.ts";
import { leakDue, optOut, pausesInAnHour, unassignMeets } from "./laid.ts";

test("H67 sweeps by a function whose own clock is off end with the free marks gone", async () => {
  const { cluster } = await leakDue({ allocator: "cni" });
  for (let attempt = 0; attempt < 3; attempt++) {
    const message = { ...messageFor("a"), attempt };
    await cluster.run((ports) => sweep(ports, cluster.settings, message), undefined, 120_000);
  }
  expect(cluster.unfinished).toEqual([]);
});

test("H78 a tombstone on an address that a person opted out ends, and pauses nobody", async () => {
  const { cluster, address } = await leakDue();
  await cluster.collect("due");
  await cluster.drain(unassignMeets("killed-before", () => optOut(cluster, address)));
  await pausesInAnHour(cluster);
  expect(await pausesInAnHour(cluster)).toBe(0);
  expect(cluster.has(address)).toBe(true);
});
