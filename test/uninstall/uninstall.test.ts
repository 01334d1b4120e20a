/** The order of an uninstall, with a kubectl that only says what a test lets it say. On a real API server: test/peers/helm. */
import { expect, test } from "@jest/globals";
import type { Said } from "../../scripts/uninstall/kubectl.ts";
import { EXIT, uninstall, type Wish } from "../../scripts/uninstall/uninstall.ts";

const NOW = "2026-06-01T12:00:00Z";

interface Cluster {
  /** Tab-separated, as asked for: see scripts/uninstall/state.ts. */
  readonly records?: string;
  readonly pods?: string;
  readonly held?: string;
  readonly holder?: string;
}

/** @returns what was changed in the cluster, in order, and what the person was told */
async function run(wish: Partial<Wish>, cluster: Cluster, refusals: readonly Said[] = []) {
  const changes: string[] = [];
  const told: string[] = [];
  const left = [...refusals];
  let seconds = 0;
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "node-a", uid: "u", resourceVersion: "1" },
    spec: { holderIdentity: cluster.holder ?? "", leaseDurationSeconds: 60, renewTime: NOW },
  };
  const answerTo = ([verb, what = "", ...more]: readonly string[]): string => {
    if (verb === "create") return NOW;
    if (what === "crd") return "customresourcedefinition.apiextensions.k8s.io/vpcips.vpcip.dev\n";
    if (what === "namespace") return "namespace/default\nnamespace/vpcip-system\n";
    if (what === "pods") return cluster.pods ?? "";
    if (what === "leases") return JSON.stringify({ items: [lease] });
    if (what !== "vpcips.vpcip.dev") return "";
    return more.some((arg) => arg.includes("finalizers")) ? (cluster.held ?? "") : (cluster.records ?? "");
  };
  const code = await uninstall(
    { dryRun: false, wait: false, despitePods: false, ...wish },
    {
      kubectl: async (args) => {
        const isChange = !(args[0] === "get" || args.includes("--dry-run=server"));
        if (isChange) changes.push(`${args[0]} ${String(args[1]).replace(/.*manifests/, "")}`);
        const refusal = args[1]?.startsWith("crd/") ? left.shift() : undefined;
        return refusal ?? { code: 0, stdout: isChange ? "" : answerTo(args), stderr: "" };
      },
      now: () => seconds * 1000,
      sleep: async (milliseconds) => {
        seconds += milliseconds / 1000;
      },
      out: (line) => told.push(line),
      err: (line) => told.push(line),
    },
  );
  return { code, changes, told: told.join("\n"), seconds };
}

const ALL = [
  "apply --server-side",
  "delete /rbac/",
  "delete /admission/",
  "delete crd/nodeeniconfigs.vpcip.dev",
  "delete namespace/vpcip-system",
];

const POD = "10.0.3.17\tnode-a\tshop\tweb-0\tuid\t\t\t\t\n";
const LIVING = "uid\tshop\tweb-0\tRunning\n";
const RELEASING = "10.0.3.17\tnode-a\t\t\t\t\tpod-gone\t2026-06-01T11:59:00Z\t\n";

test("it freezes, then takes the rights, the policies, the CRDs and the namespace, in this order", async () => {
  const { code, changes } = await run({}, {});
  expect([code, changes]).toEqual([EXIT.done, ALL]);
});

test("it changes nothing in a dry run, and nothing while a Pod has an address", async () => {
  expect(await run({ dryRun: true }, {})).toMatchObject({ code: EXIT.done, changes: [] });
  const bound = { records: POD, pods: LIVING };
  expect(await run({ dryRun: true }, bound)).toMatchObject({ code: EXIT.refused, changes: [] });
  for (const wait of [true, false])
    expect(await run({ wait }, bound)).toMatchObject({ code: EXIT.refused, changes: [] });
});

test("it goes on where the Pod has finished, or where it was told to", async () => {
  const finished = { records: POD, pods: LIVING.replace("Running", "Succeeded") };
  expect(await run({}, finished)).toMatchObject({ code: EXIT.done, changes: ALL });
  const bound = { records: POD, pods: LIVING };
  expect(await run({ despitePods: true }, bound)).toMatchObject({ code: EXIT.done, changes: ALL });
});

test("it only freezes while a release is under way, also where Pods don't matter", async () => {
  const { code, changes, told } = await run({ despitePods: true }, { records: RELEASING });
  expect([code, changes]).toEqual([EXIT.refused, ["apply --server-side"]]);
  expect(told).toContain("refused, everything is frozen now, and nothing was deleted:\n  10.0.3.17 of node");
});

test("it only freezes while a lease is held, and finds out by waiting that nobody renews it", async () => {
  const held = { holder: "reclaimer-run-7" };
  expect(await run({}, held)).toMatchObject({ code: EXIT.refused, changes: ["apply --server-side"] });
  const waited = await run({ wait: true }, held);
  expect(waited).toMatchObject({ code: EXIT.done, changes: ALL, seconds: 60 });
});

test("it takes a finalizer off before the kind goes, and says whose it was", async () => {
  const { changes, told } = await run({}, { held: "example.com/mine\t\t10.0.3.17\n\t\t10.0.3.18\n" });
  expect(changes).toEqual([...ALL.slice(0, 2), "patch vpcips.vpcip.dev", ...ALL.slice(2)]);
  expect(told).toContain("  vpcips.vpcip.dev/10.0.3.17 was held by example.com/mine");
});

test("it asks again where a policy that is gone still refuses, and tells of any other failure in kubectl's words", async () => {
  const by = (stderr: string): Said => ({ code: 1, stdout: "", stderr });
  const policy = by("ValidatingAdmissionPolicy 'guarded-records.vpcip.dev' denied request");
  const { code, changes } = await run({}, {}, [policy]);
  expect([code, changes.filter((change) => change.startsWith("delete crd"))]).toEqual([
    EXIT.done,
    Array.from({ length: 2 }, () => "delete crd/nodeeniconfigs.vpcip.dev"),
  ]);
  await expect(run({}, {}, [by("error: timed out waiting for the condition")])).rejects.toThrow(
    "timed out waiting for the condition; its objects are still there",
  );
});
