import { beforeEach, expect, test } from "@jest/globals";
import type { KubeObject } from "../../../src/sandbox/kubernetes/index.ts";
import { LeaseWatch } from "../../../src/sandbox/simulate/lease-watch.ts";

let watch: LeaseWatch;
beforeEach(() => {
  watch = new LeaseWatch();
});

const lease = (holderIdentity: string, renewTime = "1"): KubeObject =>
  ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "node-1", namespace: "vpcip-system", uid: "u" },
    spec: { holderIdentity, renewTime, leaseDurationSeconds: 15 },
  }) as unknown as KubeObject;
const IPAMD = "ipamd/node-1/i-1/a";

test("a holder that may be alive is robbed", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  watch.changed(lease(IPAMD, "2"), "MODIFIED", 10_000);
  expect(watch.changed(lease("reclaimer/run/b"), "MODIFIED", 20_000)).toContain("took the lease of node-1");
});

test("nobody is robbed of a lease that stood still for its term, that is free, or whose holder was of the same machine", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  expect(watch.changed(lease("reclaimer/run/b"), "MODIFIED", 15_000)).toBeUndefined();
  expect(watch.changed(lease("", "3"), "MODIFIED", 15_001)).toBeUndefined();
  expect(watch.changed(lease(IPAMD, "4"), "MODIFIED", 15_002)).toBeUndefined();
  expect(watch.changed(lease("ipamd/node-1/i-1/c", "5"), "MODIFIED", 15_003)).toBeUndefined();
});

test("a person needs no leave, and who comes after a person has to wait", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  watch.byPerson(lease(IPAMD));
  expect(watch.changed(lease("somebody"), "MODIFIED", 1)).toBeUndefined();
  expect(watch.changed(lease(IPAMD, "2"), "MODIFIED", 5_000)).toContain("from somebody");
});

test("after a restore nobody knows since when a lease stands as it is", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  watch.forget();
  watch.changed(lease(IPAMD), "MODIFIED", 100);
  expect(watch.changed(lease("reclaimer/run/b"), "MODIFIED", 200)).toBeUndefined();
});

test("a name under which a lease was held may not take one again; to renew is not to take", () => {
  const take = (name: string): string | undefined => {
    const again = watch.usedAgain(lease(name));
    watch.changed(lease(name), "MODIFIED", 0);
    return again;
  };
  watch.changed(lease(""), "ADDED", 0);
  expect(take("reclaimer/run/a")).toBeUndefined();
  expect(watch.usedAgain(lease("reclaimer/run/a", "2"))).toBeUndefined();
  expect(take("")).toBeUndefined();
  expect(take("reclaimer/run/a")).toBe("reclaimer/run/a");
});

test("what a person writes without a change leaves since when the lease stands", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  watch.byPerson(lease(IPAMD));
  watch.changed(lease(IPAMD), "MODIFIED", 10_000);
  expect(watch.changed(lease("reclaimer/run/b"), "MODIFIED", 15_000)).toBeUndefined();
  watch.changed(lease("", "3"), "MODIFIED", 16_000);
  watch.changed(lease(IPAMD, "4"), "MODIFIED", 17_000);
  watch.byPerson(lease(IPAMD, "4"));
  watch.changed(lease(IPAMD, "5"), "MODIFIED", 25_000);
  expect(watch.changed(lease("reclaimer/run/c"), "MODIFIED", 33_000)).toContain("took the lease");
});

test("nor does it after a restore, where it had stood so for a time that nobody knows", () => {
  watch.changed(lease(IPAMD), "ADDED", 0);
  watch.forget();
  watch.byPerson(lease("somebody"));
  watch.changed(lease("somebody"), "MODIFIED", 10_000);
  expect(watch.changed(lease(IPAMD, "2"), "MODIFIED", 10_100)).toBeUndefined();
  watch.forget();
  watch.byPerson(lease(IPAMD, "2"));
  watch.changed(lease("somebody", "2"), "MODIFIED", 10_200);
  expect(watch.changed(lease(IPAMD, "3"), "MODIFIED", 10_300)).toContain("from somebody");
});

test("nor where a person empties it, and writes the same holder and times again", () => {
  watch.changed(lease("somebody"), "ADDED", 0);
  watch.byPerson(lease("somebody"));
  watch.changed(lease(""), "MODIFIED", 10_000);
  watch.byPerson(lease(""));
  watch.changed(lease("somebody"), "MODIFIED", 12_000);
  expect(watch.changed(lease(IPAMD, "2"), "MODIFIED", 15_000)).toBeUndefined();
});
