import { describe, expect, test } from "@jest/globals";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { due } from "./due.ts";

/** A sweep that asks an ipamd, and stands still for five minutes before it hears that it was answered. */
async function stillAfterAsking() {
  const laid = await due();
  const { cluster } = laid;
  const thaw = cluster.clock.sleep(5 * 60_000);
  const line = new Line();
  let calls: "not asked" | "asked" | "stood still" = "not asked";
  line.fateOf = ({ what }) => {
    if (calls === "asked" && /^GET .*leases/.test(what) && cluster.lease()?.spec.holderIdentity === "") {
      calls = "stood still";
      return { frozen: "before", until: thaw };
    }
    if (calls === "not asked" && /^PUT .*leases/.test(what)) calls = "asked";
    return "through";
  };
  const sweeping = cluster.beginSweep("a", line);
  await cluster.wait(1);
  expect(calls).toBe("stood still");
  return { ...laid, sweeping };
}

describe("an answer that a function hears after it stood still", () => {
  test("H66 is no word that its node lives: keeps the addresses of an instance that was stopped since", async () => {
    const { cluster, node, leaked, sweeping } = await stillAfterAsking();
    cluster.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
    cluster.allocator().kill();
    await cluster.clock.until(sweeping);
    expect(cluster.has(leaked)).toBe(true);
    expect(cluster.requests()).toEqual([]);
  });

  test("is asked for once more, and then releases", async () => {
    const { cluster, leaked, sweeping } = await stillAfterAsking();
    expect((await cluster.clock.until(sweeping)).outcome).toBe("swept");
    expect(cluster.has(leaked)).toBe(false);
    expect(cluster.heard.alarms).toEqual([]);
    expect(cluster.requests()).toEqual([]);
  });
});
