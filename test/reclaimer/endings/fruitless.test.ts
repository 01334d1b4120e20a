import { describe, expect, test } from "@jest/globals";
import { sweep } from "../../../src/reclaimer/index.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import type { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { everyFiveMinutes, leakDue, pausesInAnHour } from "./laid.ts";

const TRIES = 3;
const OTHER_BOOT = "99999999-9999-4999-8999-999999999999";

async function endsWithAnAlarm(cluster: Cluster): Promise<void> {
  expect(await pausesInAnHour(cluster)).toBe(TRIES);
  expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
  expect(cluster.unfinished).toEqual([]);
}

/** The machine's boot as its allocator reports it; the Node goes on showing the first one. */
async function reboot(cluster: Cluster, node: SandboxNode, bootID: string): Promise<void> {
  node.bootID = bootID;
  await cluster.restart();
}

describe("sweeps that can prove nothing", () => {
  test("H12 end where the Node is gone and its instance lives: everything keeps, the marks go, people are told", async () => {
    const { cluster, node, address } = await leakDue();
    node.removeNodeObject();
    await endsWithAnAlarm(cluster);
    expect(cluster.has(address)).toBe(true);
    expect(await pausesInAnHour(cluster)).toBe(0);
  });

  test("H30 end where the allocator answers and its report never holds", async () => {
    const { cluster, node, address } = await leakDue();
    await reboot(cluster, node, OTHER_BOOT);
    await endsWithAnAlarm(cluster);
    expect(cluster.has(address)).toBe(true);
    expect(await pausesInAnHour(cluster)).toBe(0);
  });

  test("H30 releases where the report holds, with one pause", async () => {
    const { cluster, address } = await leakDue();
    expect(await pausesInAnHour(cluster)).toBe(1);
    expect(cluster.has(address)).toBe(false);
    expect(cluster.heard.alarmKinds).toEqual([]);
  });

  test("H30 releases after the next daily run, where the report holds by then", async () => {
    const { cluster, node, address } = await leakDue();
    const { bootID } = node;
    await reboot(cluster, node, OTHER_BOOT);
    await endsWithAnAlarm(cluster);
    await reboot(cluster, node, bootID);
    await cluster.converge();
    expect(cluster.has(address)).toBe(false);
  });
});

describe("a function whose own clock is off", () => {
  /** The tries of one run of sweeps, each by a function whose clock is this far off. */
  async function tries(skewMilliseconds: number) {
    const { cluster, address } = await leakDue({ allocator: "cni" });
    const outcomes: unknown[] = [];
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const message = { ...messageFor("a"), attempt };
      const work = cluster.run(
        (ports) => sweep(ports, cluster.settings, message),
        undefined,
        skewMilliseconds,
      );
      outcomes.push((await work)?.outcome);
    }
    return { cluster, address, outcomes };
  }

  test("H67 keeps everything, and gives up with an alarm", async () => {
    const { cluster, address, outcomes } = await tries(120_000);
    expect(outcomes).toEqual(["sent-again", "sent-again", "gave-up"]);
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(0);
    expect(cluster.has(address)).toBe(true);
  });

  test("H67 releases at the first try where it is right", async () => {
    const { cluster, address, outcomes } = await tries(0);
    expect(outcomes).toEqual(["swept", "nothing-due", "nothing-due"]);
    expect(cluster.has(address)).toBe(false);
  });
});

describe("an orphan that an earlier instance of a silent allocator's node left", () => {
  /** EC2 doesn't find that instance any more. @param isBesideALeak the node has a leak of its own, for which it is asked */
  async function leftBeside(isBesideALeak: boolean) {
    const { cluster, node, address } = await leakDue();
    const tags = { ...node.tags(), "vpcip.dev/instance-id": "i-0dead00000000dead" };
    const orphan = cluster.world.ec2.seed.createInterface({ subnetID: node.subnetID, secondary: 2, tags });
    cluster.world.truth.orphan(orphan, "a");
    if (!isBesideALeak) await everyFiveMinutes(cluster, 60);
    cluster.allocator().kill();
    await cluster.collect("leaks");
    await everyFiveMinutes(cluster, 180);
    return { cluster, address, isThere: cluster.world.ec2.snapshot().some(({ id }) => id === orphan) };
  }

  test("H72 keeps the first look at its instance beside a leak that nobody answers for: the orphan goes, the leak stays", async () => {
    const { cluster, address, isThere } = await leftBeside(true);
    expect(isThere).toBe(false);
    expect(cluster.has(address)).toBe(true);
    expect(cluster.heard.alarmKinds).toContain("allocator-silent");
    expect(cluster.wrong).toEqual([]);
  });

  test("H41 goes as well where the node has no leak", async () => {
    expect((await leftBeside(false)).isThere).toBe(false);
  });
});
