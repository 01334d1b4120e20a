import { describe, expect, test } from "@jest/globals";
import { createDaemonless, DEFAULT_AGENT_SETTINGS } from "../../src/agent/index.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";
import { inProcessAgentPorts, Line, LockFile, machineOf } from "../../src/sandbox/in-process/index.ts";
import { leakDue } from "../reclaimer/endings/laid.ts";

const SECOND = 1_000;
const UNASSIGN = /^Unassign/;

/**
 * A sweep each of whose calls takes a second, and a Pod that starts meanwhile. The node's clock is set forward by ten minutes once
 * its allocator has seen the reclaimer's lease.
 */
async function robbed(nth: number) {
  const { cluster, node, address } = await leakDue({ allocator: "cni" });
  const { world, clock } = cluster;
  let ahead = 0;
  const line = new Line();
  const ports = inProcessAgentPorts(world, machineOf(node), { line, skewMilliseconds: () => ahead });
  const lock = new LockFile().seenBy(line, ports.clock);
  const pod = { namespace: "default", name: "db", podUID: "db-1", containerID: "db-1" };
  node.layPod({ ...pod, uid: pod.podUID }, { phase: "Pending", podIP: "" });

  const slow = new Line(() => clock.sleep(SECOND));
  const began = clock.now();
  const sweeping = cluster.beginSweep("a", slow);
  let adding: Promise<unknown> | undefined;
  let tookAt: number | undefined;
  let sentAt: number | undefined;
  const holderOf = (object: object | undefined): string =>
    (object as StoredLease | undefined)?.spec.holderIdentity ?? "";
  world.kubernetes.onChange(({ resource, object, old }) => {
    const isTaken = holderOf(old).startsWith("reclaimer/") && holderOf(object).startsWith("cni/");
    if (resource.plural === "leases" && isTaken) tookAt ??= clock.now();
  });
  slow.fateOf = ({ what }, count) => {
    if (UNASSIGN.test(what)) sentAt ??= clock.now();
    if (count === nth) adding = createDaemonless(ports, DEFAULT_AGENT_SETTINGS, lock).add(pod);
    if (count === nth + 2) ahead = 10 * 60 * SECOND;
    return "through";
  };
  const swept = await clock.until(sweeping);
  const added = await clock.until(adding ?? Promise.resolve(undefined));
  return { cluster, address, swept, added, began, sentAt, tookAt: tookAt ?? Number.NaN };
}

describe("H32 a node whose clock is set forward while a reclaimer holds its lease", () => {
  test("takes the lease over early; the sweep sees it, sends nothing more, and nobody's address goes", async () => {
    let early = 0;
    let stopped = 0;
    for (let nth = 12; nth < 26; nth++) {
      const { cluster, address, swept, added, began, sentAt, tookAt } = await robbed(nth);
      expect([nth, cluster.wrong]).toEqual([nth, []]);
      expect([nth, added]).toMatchObject([nth, { kind: "added" }]);
      if (tookAt - began < DEFAULT_SETTINGS.leaseSeconds * SECOND) early++;
      // The lease is asked for just before: nothing is sent later than one call after it was taken.
      if (sentAt !== undefined) {
        expect([nth, sentAt - tookAt > 2 * SECOND]).toEqual([nth, false]);
        continue;
      }
      stopped++;
      expect([nth, swept?.outcome, cluster.has(address)]).toEqual([nth, "sent-again", true]);
    }
    expect(early).toBeGreaterThan(5);
    expect(stopped).toBeGreaterThan(5);
  });
});
