import { describe, expect, test } from "@jest/globals";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Cluster } from "../harness.ts";

/**
 * A run died with an intent on one interface of the node. The address went from there all the same, EC2 gave it to another
 * interface, where it leaked again, and the mark pass has found it there.
 */
async function leakedElsewhere() {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 2, extraInterfaces: 1 });
  node.runPod("web");
  const { address, interfaceID: first } = node.spare();
  const second = node.interfaceIDs.find((id) => id !== first) ?? "";
  await cluster.start();
  const { world } = cluster;
  const ago = (seconds: number) => world.timestamp(-seconds);
  node.layRecord(
    { address, interfaceID: first },
    {
      leak: { cause: "never-recorded", scope: "Address", firstObservedAt: ago(7200) },
      release: { run: "died", interfaceID: first, time: ago(60) },
    },
  );
  world.ec2.call("UnassignPrivateIpAddresses", { NetworkInterfaceId: first, PrivateIpAddresses: [address] });
  world.ec2.seed.assign(second, [address]);
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, address, first, second };
}

const bound = (cluster: Cluster, address: string) =>
  cluster.record(address)?.spec.tombstones?.map(({ interfaceID }) => interfaceID) ?? [];

/** The allocator holds the address ready on that interface, and nothing else. */
const poolOnly = (node: SandboxNode, address: string, interfaceID: string) =>
  node.updateStatus((status) => ({ ...status, pool: [{ address, interfaceID }] }));

describe("an intent on one interface, after another run's intent on another", () => {
  test("H25 H78 keeps the first interface bound: that run's request may come late", async () => {
    const { cluster, address, first, second } = await leakedElsewhere();
    expect(cluster.record(address)?.spec.interfaceID).toBe(second);
    await cluster.sweep();
    expect(cluster.has(address)).toBe(false);
    expect(bound(cluster, address)).toContain(first);
  });

  test("H25 H78 the address is not handed out on the first interface while the request may come", async () => {
    const { cluster, node, address, first } = await leakedElsewhere();
    await cluster.sweep();
    cluster.world.ec2.seed.assign(first, [address]);
    poolOnly(node, address, first);
    expect(await cluster.clock.until(cluster.allocator().startPod())).toBeUndefined();
  });

  test("keeps the first interface bound where EC2 refuses the second request, and its intent is taken back", async () => {
    const { cluster, address, first } = await leakedElsewhere();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "OperationNotPermitted");
    await cluster.sweep();
    expect(cluster.has(address)).toBe(true);
    expect(bound(cluster, address)).toEqual([first]);
  });

  test("H51 nothing of it is left in the end", async () => {
    const { cluster } = await leakedElsewhere();
    await cluster.converge();
    expect(cluster.unfinished).toEqual([]);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });
});
