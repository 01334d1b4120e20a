import { describe, expect, test } from "@jest/globals";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { collect } from "../../../src/reclaimer/index.ts";
import { claimOf } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes } from "./laid.ts";

const CLAIMS = "vpcipclaims";
const AFTER_A_DAY = { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "21h" };
const NEXT_UID = "11111111-2222-4333-8444-555555555555";
const claim = (cluster: Cluster, name = "db") =>
  cluster.world.api.get<StoredVpcIPClaim>(CLAIMS, { namespace: "default", name });

function setPodUID(cluster: Cluster, podUID: string): void {
  const found = claim(cluster);
  if (found === undefined) throw new Error("there is no claim");
  cluster.world.api.replaceStatus(CLAIMS, { ...found, status: { ...found.status, podUID } });
}

/** A node with a Pod that has a static claim. */
async function staticPod() {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4 });
  const place = node.spare();
  const pod = node.runPod("db", { at: place });
  const uid = leaks.layClaim(node, "db", place.address, { spec: AFTER_A_DAY });
  setPodUID(cluster, pod.uid);
  const record = cluster.record(place.address);
  if (record === undefined) throw new Error("the Pod has no record");
  const spec = { ...record.spec, claim: { ...claimOf(pod), uid } };
  cluster.world.api.replace("vpcips", { ...record, spec });
  await cluster.start();
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    node.endSandbox(pod);
    cluster.world.kubernetes.erase("pods", "db", "default");
  };
  /** The next Pod of the same name, with the same address; its allocator may be yet to tell the claim. */
  const replace = (hasTold = true) => {
    end();
    const next = { ...pod, uid: NEXT_UID, containerID: "f".repeat(64) };
    node.startSandbox(next);
    node.layPod(next, { phase: "Running", podIP: place.address });
    const record = cluster.record(place.address);
    const named = { ...claimOf(next), uid };
    if (record === undefined) node.layRecord(place, { claim: named });
    else cluster.world.api.replace("vpcips", { ...record, spec: { ...record.spec, claim: named } });
    if (hasTold) setPodUID(cluster, next.uid);
  };
  return { cluster, end, replace, address: place.address };
}

/** A line on which something happens before the nth call of this kind. */
function before(what: RegExp, happen: () => void): Line {
  const line = new Line();
  let hasHappened = false;
  line.fateOf = (crossing) => {
    if (!hasHappened && what.test(crossing.what)) {
      hasHappened = true;
      happen();
    }
    return "through";
  };
  return line;
}

const LIST_OF_CLAIMS = /^GET .*\/vpcipclaims(\?|$)/;
const LIST_OF_PODS = /^GET .*\/pods(\?|$)/;

describe("a static claim", () => {
  test.each([
    ["claims", LIST_OF_CLAIMS],
    ["Pods", LIST_OF_PODS],
  ])("H33 keeps its time whole where its Pod is replaced before the list of %s", async (_list, what) => {
    const { cluster, replace } = await staticPod();
    const line = before(what, () => replace());
    await cluster.collect("leaks", line);
    expect(line.crossings.some((crossing) => what.test(crossing.what))).toBe(true);
    expect(claim(cluster)?.status?.podUID).toBe(NEXT_UID);
    expect(claim(cluster)?.status?.detachedAt).toBeUndefined();
  });

  test("H33 keeps its time whole where its Pod is back before its absence is noted, and the claim names the old one yet", async () => {
    const { cluster, end, replace } = await staticPod();
    end();
    const line = new Line();
    let hasPods = false;
    line.fateOf = ({ what }) => {
      if (LIST_OF_PODS.test(what)) hasPods = true;
      else if (hasPods) {
        hasPods = false;
        replace(false);
      }
      return "through";
    };
    const { failed } = await cluster.collect("leaks", line);
    expect(failed).toEqual([]);
    expect(claim(cluster)?.status?.detachedAt).toBeUndefined();
  });

  test("H33 is read before the Pods are, so that the Pod it names can be among them", async () => {
    const { cluster } = await staticPod();
    const line = new Line();
    await cluster.collect("leaks", line);
    const lists = line.crossings.flatMap(({ what }) =>
      LIST_OF_CLAIMS.test(what) ? ["claims"] : LIST_OF_PODS.test(what) ? ["Pods"] : [],
    );
    expect(lists.slice(0, 2)).toEqual(["claims", "Pods"]);
  });

  test("H33 counts a flapping Pod's time from its own absence, also where its allocator leaves the last one's note", async () => {
    const { cluster, end, replace } = await staticPod();
    end();
    await cluster.collect("leaks");
    const first = claim(cluster)?.status?.detachedAt;
    expect(first).toBeDefined();
    await cluster.wait(20 * 60);
    replace();
    cluster.world.kubernetes.erase("pods", "db", "default");
    await cluster.wait(60);
    await cluster.collect("leaks");
    const { detachedAt, detachedPodUID } = claim(cluster)?.status ?? {};
    expect(detachedPodUID).toBe(NEXT_UID);
    expect(Date.parse(detachedAt ?? "") - Date.parse(first ?? "")).toBe(21 * 3_600_000);
  });

  test("H33 notes the absence of a Pod that is gone", async () => {
    const { cluster, end } = await staticPod();
    end();
    await cluster.collect("leaks");
    expect(claim(cluster)?.status?.detachedAt).toBeDefined();
  });

  test("H33 releases the address after its time, and keeps it until then", async () => {
    const { cluster, end, address } = await staticPod();
    end();
    await cluster.collect("leaks");
    await cluster.wait(20 * 60);
    await cluster.day();
    expect(cluster.has(address)).toBe(true);
    await cluster.wait(60);
    await cluster.day();
    expect(cluster.has(address)).toBe(false);
  });
});

describe("a static claim whose time is over", () => {
  async function expired() {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 4 });
    leaks.claimExpired(node, "db");
    node.runPod("web");
    await cluster.start();
    const address = claim(cluster)?.status?.address ?? "";
    await cluster.collect("leaks");
    await cluster.wait(31);
    return { cluster, node, address };
  }

  test("H49 releases its address, and goes with it", async () => {
    const { cluster, address } = await expired();
    await cluster.sweep();
    expect(cluster.has(address)).toBe(false);
    expect(claim(cluster)).toBeUndefined();
  });

  test("H49 keeps a claim that was made again under the name", async () => {
    const { cluster, node, address } = await expired();
    let made = "";
    const line = before(/^Unassign/, () => {
      cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
      made = leaks.layClaim(node, "db", "10.0.0.250", { spec: AFTER_A_DAY });
    });
    await cluster.sweep("a", {}, line);
    expect(cluster.has(address)).toBe(false);
    expect(claim(cluster)?.metadata.uid).toBe(made);
  });

  test("H49 keeps the claim of an address that EC2 did not give back", async () => {
    const { cluster, address } = await expired();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "OperationNotPermitted");
    await cluster.sweep();
    expect(cluster.has(address)).toBe(true);
    expect(claim(cluster)).toBeDefined();
  });
});

describe("the list of claims", () => {
  async function markPass(isSentinelThere: boolean) {
    const cluster = new Cluster();
    const node = cluster.node();
    const { address } = node.spare();
    await cluster.start();
    const pass = cluster.run((ports) => {
      const listStaticClaims = async () => {
        const all = await ports.cluster.listStaticClaims();
        const isSentinel = (item: (typeof all)[number]) =>
          item.readable && item.object.metadata.name === SENTINEL.claim.name;
        expect(all.some(isSentinel)).toBe(true);
        return isSentinelThere ? all : all.filter((item) => !isSentinel(item));
      };
      return collect({ ...ports, cluster: { ...ports.cluster, listStaticClaims } }, cluster.settings, {
        kind: "leaks",
      });
    });
    return { cluster, address, pass };
  }

  test("H62 is refused without its sentinel: everything keeps, nothing is marked", async () => {
    const { cluster, address, pass } = await markPass(false);
    await expect(pass).rejects.toThrow("the list of VpcIPClaims lacks its sentinel");
    expect(cluster.isMarked(address)).toBe(false);
  });

  test("H62 is believed with it: what leaked is marked, and released", async () => {
    const { cluster, address, pass } = await markPass(true);
    await pass;
    expect(cluster.isMarked(address)).toBe(true);
    await everyFiveMinutes(cluster, 40);
    expect(cluster.has(address)).toBe(false);
  });
});

describe("a claim that expires soon", () => {
  /** A Pod with a claim that expires after this, ended; what the five-minute run does in the hour after it. */
  async function ended(expireAfter: string) {
    const laid = await staticPod();
    const { cluster, end, replace } = laid;
    const found = claim(cluster);
    const spec = { static: true, reclaimPolicy: "AfterExpiry", expireAfter };
    cluster.world.api.replace(CLAIMS, { ...found, metadata: { ...found?.metadata }, spec } as never);
    end();
    return { ...laid, replace };
  }

  test("H33 releases its address without any daily run: the five-minute run sees its Pod gone, too", async () => {
    const { cluster, address } = await ended("5m");
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(address)).toBe(false);
    expect(claim(cluster)).toBeUndefined();
    expect(cluster.wrong).toEqual([]);
  });

  test("H33 keeps its address while its Pod is back under its name", async () => {
    const { cluster, replace, address } = await ended("5m");
    await cluster.collect("due");
    expect(claim(cluster)?.status?.detachedAt).toBeDefined();
    replace();
    await everyFiveMinutes(cluster, 60);
    expect(claim(cluster)?.status?.detachedAt).toBeUndefined();
    expect(cluster.has(address)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("keeps one that never expires, and lists no Pods for it", async () => {
    const cluster = new Cluster();
    leaks.layClaim(cluster.node(), "db", "10.0.0.240", { spec: { static: true } });
    await cluster.start();
    await cluster.collect("due");
    expect(claim(cluster)?.status?.detachedAt).toBeUndefined();
    expect(cluster.calls("GET", "pods")).toBe(0);
  });
});
