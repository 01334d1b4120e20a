import { describe, expect, test } from "@jest/globals";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

/**
 * A static claim's Pod has come to node b while the claim's address was on node a, to be moved. Then the claim was deleted, and the Pod
 * has got another address.
 */
async function claimDeletedBeforeMove() {
  const cluster = new Cluster();
  const old = cluster.node("a", { secondaries: 3 });
  const other = cluster.node("b", { secondaries: 2 });
  old.runPod("web");
  const place = old.spare();
  const pod = other.runPod("db");
  await cluster.start();
  const { namespace, name, uid: podUID } = pod;
  const claim = {
    namespace,
    name,
    uid: "11111111-2222-4333-8444-555555555555",
    podUID,
    containerID: "first",
  };
  old.layRecord(place, { claim });
  const days = async () => {
    for (let day = 0; day < 2; day++) await cluster.day();
  };
  return { cluster, other, pod, place, days };
}

describe("the address of a static claim that was deleted before the address could be moved to its Pod's node", () => {
  test("is released although the Pod lives; the Pod's own stays", async () => {
    const { cluster, pod, place, days } = await claimDeletedBeforeMove();
    await days();
    expect(cluster.released).toContain(place.address);
    expect(cluster.record(place.address)).toBeUndefined();
    expect(cluster.record(pod.address)?.spec.claim?.podUID).toBe(pod.uid);
    expect(cluster.wrong).toEqual([]);
  });

  test("is released also where the Pod's own is a static claim's: nothing else on its node is looked at", async () => {
    const { cluster, other, pod, place, days } = await claimDeletedBeforeMove();
    leaks.layClaim(other, pod.name, pod.address, { spec: { static: true, reclaimPolicy: "Never" } });
    await days();
    expect(cluster.released).toContain(place.address);
    expect(cluster.record(pod.address)?.spec.claim?.podUID).toBe(pod.uid);
    expect(cluster.wrong).toEqual([]);
  });

  test("keeps it while the Pod shows no address", async () => {
    const { cluster, other, pod, place, days } = await claimDeletedBeforeMove();
    cluster.world.kubernetes.erase("pods", pod.name, pod.namespace);
    other.layPod(pod, { phase: "Pending", podIP: "" });
    await days();
    expect(cluster.has(place.address, place.interfaceID)).toBe(true);
    expect(cluster.record(place.address)?.spec.claim?.podUID).toBe(pod.uid);
  });
});
