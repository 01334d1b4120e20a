/** What a Pod's own object says, or doesn't say yet, from the mark pass to EC2. */
import { describe, expect, test } from "@jest/globals";
import * as leaks from "../../src/sandbox/scenarios/leaks.ts";
import {
  expectKeptUntilGone,
  fateOf,
  goes,
  KEPT,
  laidWith,
  quietPod,
  RELEASED,
  showPod,
  twoDays,
} from "./laid.ts";

const ALLOCATORS = ["ipamd", "cni"] as const;

describe.each(ALLOCATORS)("a Pod of a node with %s", (allocator) => {
  test("H02 keeps an address whose Pod shows none yet, for as long as it doesn't", async () => {
    const laid = await laidWith((on) => quietPod(on, "slow", { podIP: "", status: { phase: "Pending" } }), {
      allocator,
    });
    await expectKeptUntilGone(laid);
  });

  test("H03 keeps an address whose Pod only ever shows another one", async () => {
    const laid = await laidWith((on) => quietPod(on, "multus", { podIP: "192.168.7.7" }), { allocator });
    await expectKeptUntilGone(laid);
  });

  test.each([
    ["mapped into IPv6", (address: string) => [`::ffff:${address}`]],
    ["written out in full", (address: string) => [`0000:0000:0000:0000:0000:ffff:${hexOf(address)}`]],
    ["second after an IPv6 one", (address: string) => ["fd00::7", address]],
  ])("H03 keeps what only a Pod's status tells, %s", async (_how, spelled) => {
    const laid = await laidWith(
      (on) => {
        const pod = quietPod(on, "told");
        on.world.kubernetes.erase("vpcips.vpcip.dev", pod.address);
        showPod(on, pod, {
          phase: "Running",
          podIPs: spelled(pod.address).map((ip) => ({ ip })),
        });
        return pod;
      },
      { allocator },
    );
    await expectKeptUntilGone(laid);
  });

  test("H12 keeps what runs on a node whose Node, and with it its Pods, are gone from the API; releases it with the instance", async () => {
    const { cluster, node, laid } = await laidWith((on) => on.runPod("runs"), { allocator });
    node.removeNodeObject();
    cluster.world.kubernetes.erase("pods", laid.name, laid.namespace);
    await twoDays(cluster);
    expect([cluster.has(laid.address), cluster.record(laid.address) !== undefined]).toEqual([true, true]);
    expect([cluster.released, cluster.wrong]).toEqual([[], []]);
    cluster.allocator().kill();
    node.terminate();
    await twoDays(cluster);
    await cluster.dueRun(61);
    expect(cluster.record(laid.address)).toBeUndefined();
    expect(cluster.wrong).toEqual([]);
  });

  test.each([
    ["shown yet", (address: string) => address],
    ["shown no more", () => ""],
  ])(
    "H14 keeps a terminating Pod's address, %s, through its grace; releases it when the Pod is gone",
    async (_how, podIP) => {
      const { cluster, node, laid, leaked } = await laidWith((on) => quietPod(on, "draining"), { allocator });
      const deletionTimestamp = cluster.world.timestamp(3 * 3600);
      const status = { phase: "Running", podIP: podIP(laid.address) };
      showPod(node, laid, status, { deletionTimestamp, deletionGracePeriodSeconds: 3 * 3600 });
      await twoDays(cluster);
      expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
      goes(node, laid);
      await twoDays(cluster);
      expect(fateOf(cluster, laid.address, leaked)).toEqual(RELEASED);
    },
  );

  test("H15 keeps while a running Pod's address blinks to empty, in the mark pass and in the sweep", async () => {
    const { cluster, node, laid, leaked } = await laidWith((on) => quietPod(on, "blinks"), { allocator });
    for (const podIP of ["", laid.address, ""]) {
      showPod(node, laid, { phase: "Running", podIP });
      await cluster.collect("leaks");
      showPod(node, laid, { phase: "Running", podIP: "" });
      await cluster.dueRun(31);
    }
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  });

  test("H15 releases what a finished Pod still shows; keeps it where the next Pod has it meanwhile", async () => {
    const { cluster, node, laid, leaked } = await laidWith(
      (on) => {
        const [free, taken] = ["job-1", "job-2"].map((name) => on.runPod(name)) as [
          ReturnType<typeof on.runPod>,
          ReturnType<typeof on.runPod>,
        ];
        for (const pod of [free, taken]) {
          on.endSandbox(pod);
          showPod(on, pod, { phase: "Succeeded", podIP: pod.address });
        }
        on.world.kubernetes.erase("vpcips.vpcip.dev", taken.address);
        return { free, next: quietPod(on, "next", { at: taken }) };
      },
      { allocator },
    );
    await twoDays(cluster);
    expect(node.world.api.get("pods", { namespace: "default", name: "job-1" })).toBeDefined();
    expect(fateOf(cluster, laid.free.address, leaked)).toEqual(RELEASED);
    expect(fateOf(cluster, laid.next.address, leaked)).toEqual(KEPT);
  });

  test.each([
    ["Completed", "Succeeded", undefined],
    ["Failed", "Failed", undefined],
    ["Evicted", "Failed", "Evicted"],
  ] as const)("H44 releases the address of a %s Pod that stands there", async (_what, phase, reason) => {
    const { cluster, laid, leaked } = await laidWith(
      (on) => {
        const running = on.runPod("running");
        leaks.podFinished(on, "job", phase, reason);
        return running;
      },
      { allocator },
    );
    const job = cluster.leaks.find((address) => address !== leaked) ?? "";
    await cluster.day();
    expect(fateOf(cluster, job, leaked)).toEqual(RELEASED);
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  });

  test("H42 releases the address of a sandbox that was made again, unheard, and keeps the new one's", async () => {
    const { cluster, node, leaked } = await laidWith((on) => leaks.sandboxReplaced(on, "web"), { allocator });
    const [next] = [...node.pods.values()];
    const old = cluster.leaks.find((address) => address !== leaked) ?? "";
    await twoDays(cluster);
    expect(fateOf(cluster, old, leaked)).toEqual(RELEASED);
    expect(fateOf(cluster, next?.address ?? "", leaked)).toEqual(KEPT);
  });

  test("H44 keeps a Failed Pod's address while its container runs, by the node's report", async () => {
    const { cluster, node, laid, leaked } = await laidWith(
      (on) => {
        const pod = on.runPod("evicted");
        showPod(on, pod, { phase: "Failed", reason: "Evicted", podIP: pod.address });
        return pod;
      },
      { allocator },
    );
    await twoDays(cluster);
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
    expect(node.pods.size).toBe(1);
  });
});

function hexOf(address: string): string {
  const hex = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
}
