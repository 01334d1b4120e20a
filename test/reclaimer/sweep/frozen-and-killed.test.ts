import { describe, expect, test } from "@jest/globals";
import { sweep } from "../../../src/reclaimer/index.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { assignAgain, due, lineTo, UNASSIGN } from "./one-leak.ts";

describe("a function that is frozen", () => {
  test("H31 H21 hurts nobody when it thaws, wherever it stood still and whatever happened meanwhile", async () => {
    const { cluster: counted } = await due();
    const clean = new Line();
    await counted.sweep("a", {}, clean);
    for (let nth = 1; nth <= clean.crossings.length; nth++) {
      for (const when of ["before", "after"] as const) {
        const { cluster, node, address, interfaceID } = await due();
        const line = new Line();
        const until = cluster.clock.sleep(10 * 60_000);
        line.fateOf = (_crossing, count) => (count === nth ? { frozen: when, until } : "through");
        const frozen = cluster.beginSweep("a", line);
        await cluster.wait(0.5);
        await cluster.collect("due");
        await cluster.drain();
        assignAgain(cluster, node, address, interfaceID);
        await cluster.canStartPod();
        await cluster.clock.until(frozen.catch(() => undefined));
        expect([nth, when, cluster.wrong]).toEqual([nth, when, []]);
        const pods = [...node.pods.values()];
        for (const pod of pods) expect([nth, when, cluster.has(pod.address)]).toEqual([nth, when, true]);
        await cluster.drain();
        await cluster.converge();
        expect([nth, when, cluster.unfinished, cluster.leaks]).toEqual([nth, when, [], []]);
      }
    }
  }, 60_000);

  test("H67 sends nothing when it thaws after its lease, although its check was in time", async () => {
    const { cluster, address } = await due();
    const until = cluster.clock.sleep(2 * 60_000);
    const line = new Line();
    let reads = 0;
    line.fateOf = ({ what }) =>
      what.includes("reclaimer-freeze") && ++reads === 3 ? { frozen: "after", until } : "through";
    const frozen = cluster.beginSweep("a", line);
    const summary = await cluster.clock.until(frozen);
    expect(summary.outcome).toBe("sent-again");
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(0);
    expect(cluster.has(address)).toBe(true);
  });
});

describe("an intent of another run", () => {
  test("H78 proves nothing: where a sandbox has the address the claim is put back, and people are told", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const pod = node.runPod("web");
    await cluster.start();
    const record = cluster.record(pod.address);
    const time = cluster.world.timestamp(-3600);
    const { claim: _claim, ...spec } = record?.spec ?? { nodeName: "a" };
    cluster.world.api.replace("vpcips", {
      ...record,
      metadata: {
        ...record?.metadata,
        name: pod.address,
        labels: { "vpcip.dev/node": "a", "vpcip.dev/state": "Releasing" },
      },
      spec: {
        ...spec,
        leak: { cause: "never-recorded", scope: "Address", firstObservedAt: time },
        release: { run: "paused", interfaceID: pod.interfaceID, time },
      },
    });
    await cluster.dueRun(1);
    expect(cluster.wrong).toEqual([]);
    expect(cluster.has(pod.address)).toBe(true);
    expect(cluster.record(pod.address)?.spec).toMatchObject({
      claim: { podUID: pod.uid, containerID: pod.containerID, name: "web" },
      tombstones: [{ interfaceID: pod.interfaceID }],
    });
    expect(cluster.isMarked(pod.address)).toBe(false);
    expect(cluster.heard.alarmKinds).toEqual(["claim-put-back"]);
  });

  test("H48 is finished afresh where nobody has the address: by one request, and with a tombstone", async () => {
    const { cluster, address, interfaceID } = await due();
    const killed = lineTo(UNASSIGN, "killed-before");
    await cluster.run((ports) => sweep(ports, cluster.settings, messageFor("a")), killed);
    expect(cluster.record(address)?.spec.release).toBeDefined();
    await cluster.dueRun(5);
    expect(cluster.has(address)).toBe(false);
    expect(cluster.record(address)?.spec.tombstones?.map((bound) => bound.interfaceID)).toEqual([
      interfaceID,
    ]);
  });

  test("H48 H21 of an address that its allocator pools meanwhile is taken back, and stays bound until no late request can come", async () => {
    const { cluster, node, address, interfaceID } = await due();
    const arrival = cluster.clock.sleep(12 * 60_000);
    const line = new Line();
    line.fateOf = ({ what }) => (UNASSIGN.test(what) ? { frozen: "before", until: arrival } : "through");
    void cluster.beginSweep("a", line);
    await cluster.wait(0.5);
    assignAgain(cluster, node, address, interfaceID);
    await cluster.dueRun(2);
    expect(cluster.record(address)?.spec).toMatchObject({ tombstones: [{ interfaceID }] });
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    const pod = await cluster.canStartPod();
    await cluster.wait(12);
    expect([pod, cluster.wrong]).toEqual([false, []]);
    await cluster.converge();
    await cluster.dueRun(40);
    expect(cluster.unfinished).toEqual([]);
  });

  test("H78 binds what it puts back, too: the paused run's request may yet come", async () => {
    const { cluster, node, address, interfaceID } = await due();
    await cluster.run(
      (ports) => sweep(ports, cluster.settings, messageFor("a")),
      lineTo(UNASSIGN, "killed-before"),
    );
    const pod = {
      address,
      interfaceID,
      uid: "uid-quiet",
      name: "quiet",
      namespace: "default",
      containerID: "quiet",
    };
    node.startSandbox(pod);
    node.layPod(pod, { phase: "Running", podIP: address });
    await cluster.dueRun(5);
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    expect(cluster.record(address)?.spec).toMatchObject({ tombstones: [{ interfaceID }] });
    expect(cluster.wrong).toEqual([]);
  });
});
