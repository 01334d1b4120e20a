/** Whose an address is: nodes with like names, addresses spelled otherwise, fields that went missing, another cluster. */
import { describe, expect, test } from "@jest/globals";
import { collect, sweep } from "../../src/reclaimer/index.ts";
import type { SweepPorts } from "../../src/reclaimer/settings.ts";
import type { SandboxNode } from "../../src/sandbox/engine/node.ts";
import * as keepers from "../../src/sandbox/scenarios/keepers.ts";
import * as leaks from "../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../reclaimer/harness.ts";
import { messageFor } from "../reclaimer/invocations.ts";
import { fateOf, KEPT, laidWith, quietPod, RELEASED, showPod, twoDays } from "./laid.ts";

const LONG = "ip-10-0-0-1.a-very-long-name-that-is-cut-where-a-label-ends.eu-west-1";

/** A Node's own word of which instance it is. */
function sayInstance(node: SandboxNode, providerID: string | undefined): void {
  const { kubernetes, api } = node.world;
  const found = api.get("nodes", { name: node.name });
  if (found === undefined) throw new Error("no Node");
  kubernetes.erase("nodes", node.name);
  kubernetes.seed("nodes", [{ ...found, spec: providerID === undefined ? {} : { providerID } } as never]);
}

describe("H10 nodes that could be taken for one another", () => {
  test.each([
    ["one name begins with the other", "ip-10-0-0-1", "ip-10-0-0-10"],
    ["one name is the other's first part", "ip-10-0-0-1", "ip-10-0-0-1.eu-west-1.compute.internal"],
    ["long names with the same end", `x.${LONG}`, `y.${LONG}`],
    ["long names with the same beginning", `${LONG}.x`, `${LONG}.y`],
  ])("keeps the other's addresses, and doesn't pause it: %s", async (_how, first, second) => {
    const cluster = new Cluster();
    const [dirty, clean] = [first, second].map((name) => cluster.node(name)) as [SandboxNode, SandboxNode];
    leaks.podGone(dirty, "gone");
    const leaked = dirty.spare();
    const pods = [quietPod(clean, "quiet"), clean.runPod("web"), dirty.runPod("api")];
    await cluster.start();
    await cluster.day();
    expect(cluster.has(leaked.address)).toBe(false);
    expect(cluster.leaks).toEqual([]);
    for (const { address } of pods) expect(fateOf(cluster, address, leaked.address)).toEqual(KEPT);
    expect([...new Set(cluster.heard.pauses.map(({ node }) => node))]).toEqual([first]);
  });

  test("keeps all of both where their Nodes name each other's instance", async () => {
    const cluster = new Cluster();
    const [a, b] = ["a", "b"].map((name) => cluster.node(name)) as [SandboxNode, SandboxNode];
    const left = [a, b].map((node) => node.spare().address);
    for (const node of [a, b]) leaks.podGone(node, `gone-${node.name}`);
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    sayInstance(a, `aws:///eu-west-1a/${b.instanceID}`);
    sayInstance(b, `aws:///eu-west-1a/${a.instanceID}`);
    await cluster.collect("due");
    await cluster.drain();
    await cluster.collect("leaks");
    expect(cluster.heard.verdictOn(left[0] ?? "")).toBe("unknown node-identity");
    expect(cluster.released).toEqual([]);
    for (const node of [a, b]) sayInstance(node, `aws:///eu-west-1a/${node.instanceID}`);
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });
});

/** Puts a config's status as it is, past the API server's checks. */
function seedStatus({ world }: Cluster, status: object): void {
  const config = world.api.get("nodeeniconfigs", { name: "a" });
  world.kubernetes.seed("nodeeniconfigs.vpcip.dev", [{ ...config, status } as never]);
}

describe("H19 addresses that are spelled otherwise", () => {
  const zeros = (address: string) =>
    address
      .split(".")
      .map((part) => part.padStart(3, "0"))
      .join(".");

  test("keeps what only a Pod's status tells, spelled with leading zeros", async () => {
    const { cluster, laid, leaked } = await laidWith((on) => {
      const pod = quietPod(on, "told");
      on.world.kubernetes.erase("vpcips.vpcip.dev", pod.address);
      showPod(on, pod, { phase: "Running", podIP: zeros(pod.address) });
      return pod;
    });
    await twoDays(cluster);
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  });

  test("keeps all of a node whose pool or cooling is spelled so: its config can't be read; releases once it can", async () => {
    const { cluster, node, leaked } = await laidWith(() => undefined, { allocator: "cni" });
    const { status } = node;
    const [first, ...others] = status.pool ?? [];
    if (first === undefined) throw new Error("no pool");
    const until = cluster.world.timestamp(3600);
    for (const spelled of [
      { ...status, pool: [{ ...first, address: zeros(first.address) }, ...others] },
      { ...status, pool: others, cooling: [{ ...first, address: zeros(first.address), until }] },
    ]) {
      seedStatus(cluster, spelled);
      await cluster.day();
      expect(cluster.heard.verdictOn(leaked)).toBe("unknown config-unreadable");
      expect([cluster.released, cluster.unfinished]).toEqual([[], []]);
    }
    seedStatus(cluster, status);
    await cluster.day();
    expect(cluster.released).toEqual([leaked]);
  });

  test("releases the one of 10.0.0.11 and 10.0.0.110 that leaked, and keeps the other, either way round", async () => {
    for (const [free, used] of [
      ["10.0.0.21", "10.0.0.210"],
      ["10.0.0.210", "10.0.0.21"],
    ] as const) {
      const { cluster, leaked } = await laidWith((on) => {
        const interfaceID = on.addInterface(0);
        on.world.ec2.seed.assign(interfaceID, [free, used] as never);
        return on.runPod("web", { at: { address: used as never, interfaceID } });
      });
      await cluster.day();
      expect([free, fateOf(cluster, free, leaked)]).toEqual([free, RELEASED]);
      expect([used, fateOf(cluster, used, leaked)]).toEqual([used, KEPT]);
    }
  });
});

describe("H20 fields that a CRD has pruned", () => {
  test.each([
    ["its claim", (spec: Record<string, unknown>) => ({ ...spec, claim: undefined })],
    [
      "the UID in its claim",
      (spec: Record<string, unknown>) => ({
        ...spec,
        claim: { ...(spec["claim"] as object), podUID: undefined },
      }),
    ],
  ])("keeps a record without %s, marked or not, and counts it as unknown", async (_what, prune) => {
    const { cluster, laid, leaked } = await laidWith((on) => {
      const pod = quietPod(on, "old", { podIP: "", status: { phase: "Running" } });
      const record = on.world.api.get("vpcips", { name: pod.address });
      const spec = JSON.parse(JSON.stringify(prune(record?.["spec"] as Record<string, unknown>))) as object;
      on.world.kubernetes.seed("vpcips.vpcip.dev", [{ ...record, spec } as never]);
      return pod;
    });
    const { unknown } = await cluster.collect("leaks");
    expect(unknown).toBe(1);
    await twoDays(cluster);
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  });

  test("keeps a record of a shape of tomorrow", async () => {
    const { cluster, leaked } = await laidWith((on) => keepers.unknownShape(on));
    const { unknown } = await cluster.collect("leaks");
    expect(unknown).toBe(1);
    await twoDays(cluster);
    expect([cluster.wrong, cluster.has(leaked)]).toEqual([[], false]);
  });

  test.each(["inUse", "pool", "cooling"] as const)(
    "keeps what a force-deleted Pod's container has, where the report has lost its %s; releases once it is told again",
    async (field) => {
      const { cluster, node, laid } = await laidWith((on) => on.runPod("stubborn"), { allocator: "cni" });
      cluster.world.kubernetes.erase("pods", laid.name, laid.namespace);
      const { [field]: lost, ...status } = node.status;
      expect(lost).toBeDefined();
      seedStatus(cluster, field === "inUse" ? status : { ...status, inUse: [] });
      await twoDays(cluster);
      expect([cluster.has(laid.address), cluster.wrong]).toEqual([true, []]);
      node.endSandbox(laid);
      seedStatus(cluster, { ...node.status, [field]: [], inUse: [] });
      await twoDays(cluster);
      expect(cluster.has(laid.address)).toBe(false);
    },
  );
});

describe("H68 another cluster", () => {
  /** Two clusters of one name over one VPC's addresses; the ports of the first, with what the second's API server lists. */
  async function mixed() {
    const ours = await laidWith((on) => Array.from({ length: 3 }, (_, index) => on.runPod(`web-${index}`)));
    const other = new Cluster({}, 2);
    other.node("a").runPod("theirs");
    await other.start();
    await ours.cluster.collect("leaks");
    await ours.cluster.wait(31);
    const wrong = (ports: SweepPorts): SweepPorts => {
      const { cluster, writer, leases } = other.ports();
      return { ...ports, cluster, writer, leases };
    };
    return { ...ours, other, wrong };
  }

  test("freezes where the kubeconfig is another cluster's, of the same name: nothing of either is touched", async () => {
    const { cluster, other, wrong, leaked } = await mixed();
    const before = other.world.kubernetes.objects("vpcips.vpcip.dev").map(({ metadata }) => metadata.name);
    const summary = await cluster.run((ports) => collect(wrong(ports), cluster.settings, { kind: "leaks" }));
    expect(summary?.frozen).toMatch(/another cluster/);
    const swept = await cluster.run((ports) => sweep(wrong(ports), cluster.settings, messageFor("a")));
    expect(swept?.outcome).toBe("held-back");
    const after = other.world.kubernetes.objects("vpcips.vpcip.dev").map(({ metadata }) => metadata.name);
    expect(after).toEqual(before);
    expect([cluster.released, other.released, cluster.has(leaked)]).toEqual([[], [], true]);
  });

  test("keeps all where only the Pods are another cluster's: the records' Pods are not among them", async () => {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 22, allocator: "cni" });
    const pods = Array.from({ length: 20 }, (_, index) => quietPod(node, `web-${index}`));
    await cluster.start();
    const other = new Cluster({}, 2);
    other.node("a").runPod("theirs");
    await other.start();
    const theirs = other.ports().cluster;
    const summary = await cluster.run((ports) => {
      const { livePodUIDs, listPodsOfNode } = theirs;
      const reader = { ...ports.cluster, livePodUIDs, listPodsOfNode };
      return collect({ ...ports, cluster: reader }, cluster.settings, { kind: "leaks" });
    });
    expect(summary?.queued).toEqual([]);
    expect(cluster.heard.alarmKinds).toContain("breaker");
    await cluster.dueRun(31);
    expect(cluster.wrong).toEqual([]);
    for (const { address } of pods) expect(cluster.has(address)).toBe(true);
  });
});
