import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { read as readPage } from "../../docs/pages.ts";
import { claim, nodeConfig, vpcIP } from "../crds/laid.ts";
import { until } from "../kubectl.ts";
import { describeWhere, ownClusterPeer } from "../peers.ts";
import { CHART } from "./chart.ts";
import { type OwnCluster, startOwnCluster } from "./cluster.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/uninstall/main.ts", import.meta.url));
const CRDS = ["nodeeniconfigs.vpcip.dev", "vpcipclaims.vpcip.dev", "vpcips.vpcip.dev"];
const IN_SYSTEM = "--namespace=vpcip-system";
const LONG_OVER = "2020-01-01T00:00:00Z";
const MARK = { cause: "pod-gone", scope: "Address", firstObservedAt: LONG_OVER };

/** One story: each test begins where the one before it ended. */
describeWhere(ownClusterPeer)("npm run uninstall:cluster, on a real API server", () => {
  let cluster: OwnCluster;
  const starting = new AbortController();

  beforeAll(async () => {
    if (ownClusterPeer === undefined) return;
    cluster = await startOwnCluster(ownClusterPeer, starting.signal);
    await laid();
  }, 240_000);

  afterAll(async () => {
    starting.abort();
    await cluster?.stop();
  }, 60_000);

  async function kubectl(args: readonly string[], object?: unknown): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args, object);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  const create = (object: object) => kubectl(["create", "--filename=-"], object);
  const uninstall = (...args: string[]) => cluster.script(SCRIPT, args);
  const names = async (...what: string[]) =>
    (await kubectl(["get", ...what, "--output=name"])).split("\n").filter((line) => line !== "");
  const isFrozen = async () =>
    (await kubectl([
      "get",
      "configmap",
      "reclaimer-freeze",
      IN_SYSTEM,
      "--output=jsonpath={.data.frozen}",
    ])) === "true";

  const ownedBy = (name: string, podUID: string, more: object = {}) => ({
    nodeName: "node-a",
    interfaceID: "eni-0a1",
    claim: { namespace: "shop", name, podUID, containerID: "c", ...more },
  });

  const lease = (holderIdentity: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "node-a", namespace: "vpcip-system" },
    spec: { holderIdentity, leaseDurationSeconds: 60, renewTime: "2026-06-01T12:00:00.000000Z" },
  });

  /** A cluster at work: a Pod with its address, a static claim that waits, a mark, what is over, a sweep. */
  async function laid(): Promise<void> {
    const [, command = ""] = /^helm (.*)$/m.exec(readPage("docs/install.md")) ?? [];
    const said = await cluster.helm(command.replace("infra/chart", CHART).split(" "));
    if (said.code !== 0) throw new Error(said.stderr);
    await kubectl(["wait", "--for=condition=Established", ...CRDS.map((name) => `crd/${name}`)]);
    await kubectl(["create", "namespace", "shop"]);
    await create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-0", namespace: "shop" },
      // On no node: one without a kubelet would hold the Pod for a minute after it was deleted.
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    const podUID = await kubectl([
      "get",
      "pod",
      "web-0",
      "--namespace=shop",
      "--output=jsonpath={.metadata.uid}",
    ]);
    const records = [
      vpcIP("0.0.0.0", { nodeName: "sentinel.vpcip.dev" }),
      vpcIP("10.0.3.17", ownedBy("web-0", podUID)),
      vpcIP("10.0.3.18", ownedBy("db-0", "gone", { uid: "uid-of-claim" })),
      vpcIP("10.0.3.19", { ...ownedBy("job-1", "gone"), leak: MARK }),
      vpcIP("10.0.3.20", { nodeName: "node-a", tombstones: [{ interfaceID: "eni-0a1", until: LONG_OVER }] }),
      nodeConfig("node-a", { warmPool: { min: 2, max: 4 } }),
      claim("sentinel", { static: true, reclaimPolicy: "Never" }, { namespace: "vpcip-system" }),
      claim("db-0", { static: true }, { namespace: "shop", finalizers: ["example.com/held-by-a-stranger"] }),
    ];
    for (const one of records)
      await until(async () => (await cluster.kubectl(["create", "--filename=-"], one)).code === 0);
    await create(lease("reclaimer-run-7"));
  }

  test("says what it would do, and changes nothing", async () => {
    const { code, stdout, stderr } = await uninstall("--dry-run");
    expect(code).toBe(3);
    expect(stdout.split("\n")).toEqual([
      "there are 4 VpcIPs: 1 of Pods, 1 static ones kept for Pods that may come back, 1 marked as leaked",
      "would freeze: nothing is marked or released from here on",
      "would take the rights of the functions, the agent and the operators away",
      "would take finalizers off our objects, if there are any",
      "would delete the admission policies",
      "would delete the CRDs, and with them all VpcIPs, claims and NodeENIConfigs",
      "would delete the namespace vpcip-system, with the node leases and the freeze",
      "",
    ]);
    expect(stderr).toBe(
      [
        "refused, it would be refused:",
        "  10.0.3.17 is the address of Pod shop/web-0 on node node-a: nobody would know that it is taken",
        "  the lease of node node-a is held by reclaimer-run-7: somebody is at work there, or left it behind, which --wait finds out",
        "",
      ].join("\n"),
    );
    expect(await names("configmap", IN_SYSTEM)).not.toContain("configmap/reclaimer-freeze");
  }, 60_000);

  test("asks for one of --dry-run and --yes", async () => {
    for (const args of [[], ["--dry-run", "--yes"], ["--force"]])
      expect(await uninstall(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("usage: ") });
  }, 60_000);

  test("refuses while a Pod has an address, and touches nothing", async () => {
    const { code, stderr } = await uninstall("--yes");
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining("refused, nothing was changed:\n  10.0.3.17 is the address of Pod shop/web-0"),
    ]);
    expect(await names("configmap", IN_SYSTEM)).not.toContain("configmap/reclaimer-freeze");
    expect(await names("clusterrole", "eni-reclaimer-reclaim")).toHaveLength(1);
  }, 60_000);

  test("refuses while a release is under way, and has frozen everything by then", async () => {
    const release = { run: "r", interfaceID: "eni-0a1", time: new Date().toISOString() };
    const patch = JSON.stringify({ spec: { release } });
    await kubectl(["patch", "vip", "10.0.3.19", "--type=merge", "--patch", patch]);
    const { code, stderr } = await uninstall("--yes", "--despite-pods");
    expect(code).toBe(3);
    expect(stderr).toContain(
      "refused, everything is frozen now, and nothing was deleted:\n  10.0.3.19 of node node-a is being released: EC2 may take it away until 2",
    );
    expect(stderr).toContain("the lease of node node-a is held by reclaimer-run-7");
    expect(await isFrozen()).toBe(true);
    expect(await names("clusterrole", "eni-reclaimer-reclaim")).toHaveLength(1);
    expect(await names("vip")).toHaveLength(5);
  }, 60_000);

  test("H77 waits until it is over, takes finalizers off, and leaves nothing that hangs", async () => {
    await kubectl(["delete", "pod", "web-0", "--namespace=shop"]);
    let heard = "";
    const waiting = cluster.script(SCRIPT, ["--yes", "--wait"], (text) => {
      heard += text;
    });
    await until(() =>
      Promise.resolve(heard.includes("waiting:\n  10.0.3.19 of node node-a is being released")),
    );
    expect(await names("clusterrole", "eni-reclaimer-reclaim")).toHaveLength(1);
    // The sweep ends: its intent becomes a tombstone, its time runs out, the lease is given back.
    const release = { run: "r", interfaceID: "eni-0a1", time: LONG_OVER };
    await kubectl([
      "patch",
      "vip",
      "10.0.3.19",
      "--type=merge",
      "--patch",
      JSON.stringify({ spec: { release } }),
    ]);
    await kubectl([
      "patch",
      "lease",
      "node-a",
      IN_SYSTEM,
      "--type=merge",
      "--patch",
      '{"spec":{"holderIdentity":""}}',
    ]);
    const { code, stdout, stderr } = await waiting;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("vpcipclaims.vpcip.dev/db-0 was held by example.com/held-by-a-stranger");
    expect(await names("crd")).toEqual([]);
    expect(await names("validatingadmissionpolicy,validatingadmissionpolicybinding")).toEqual([]);
    for (const kind of ["clusterrole", "clusterrolebinding"])
      expect((await names(kind)).filter((name) => /vpcip|eni-reclaimer/.test(name))).toEqual([]);
    expect((await names("namespace")).sort()).toEqual(
      ["default", "kube-node-lease", "kube-public", "kube-system", "shop"].map((name) => `namespace/${name}`),
    );
  }, 240_000);

  test("has nothing to do the next time, and says so", async () => {
    const { code, stdout } = await uninstall("--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("there are no kinds of eni-reclaimer in this cluster");
  }, 60_000);

  test("H77 by hand, without its guard: CRDs and the namespace go at once, past the policies that guard what is bound in them", async () => {
    await kubectl(["delete", "namespace", "shop"]);
    await laid();
    await kubectl([
      "patch",
      "vipc",
      "db-0",
      "--namespace=shop",
      "--type=merge",
      "--patch",
      '{"metadata":{"finalizers":null}}',
    ]);
    await until(async () =>
      (await cluster.kubectl(["delete", "vip", "10.0.3.17", "--dry-run=server"])).stderr.includes(
        "is the address of Pod",
      ),
    );
    await kubectl(["delete", "validatingadmissionpolicybinding", "guarded-records.vpcip.dev"]);
    // The other policies stand: what is bound is nobody's to delete by hand, and goes along with its kind.
    await until(
      async () =>
        (await cluster.kubectl(["delete", "namespace", "vpcip-system", "--dry-run=server"])).code === 0,
    );
    await kubectl(["delete", "namespace", "vpcip-system", "--timeout=100s"]);
    expect((await cluster.kubectl(["delete", "vip", "10.0.3.17"])).stderr).toContain("is the address of Pod");
    await kubectl(["delete", "crd", ...CRDS, "--timeout=100s"]);
    expect(await names("crd")).toEqual([]);
  }, 240_000);

  test("H77 a finalizer that nobody removes is what would hang, and the command takes it off", async () => {
    await kubectl(["delete", "namespace", "shop"]);
    for (const kind of [
      "clusterrole,clusterrolebinding",
      "validatingadmissionpolicy,validatingadmissionpolicybinding",
    ])
      await kubectl(["delete", kind, "--selector=app.kubernetes.io/managed-by=Helm"]);
    await laid();
    await kubectl(["delete", "validatingadmissionpolicybinding", "guarded-records.vpcip.dev"]);
    await until(
      async () => (await cluster.kubectl(["delete", "crd", CRDS[1]!, "--dry-run=server"])).code === 0,
    );
    const hanging = await cluster.kubectl(["delete", "crd", CRDS[1]!, "--timeout=3s"]);
    expect([hanging.code, hanging.stderr]).toEqual([
      1,
      expect.stringContaining("timed out waiting for the condition"),
    ]);
    await kubectl([
      "patch",
      "lease",
      "node-a",
      IN_SYSTEM,
      "--type=merge",
      "--patch",
      '{"spec":{"holderIdentity":""}}',
    ]);
    const { code, stderr } = await uninstall("--yes", "--despite-pods");
    expect([code, stderr]).toEqual([0, ""]);
    expect(await names("crd")).toEqual([]);
    expect(await names("namespace")).not.toContain("namespace/vpcip-system");
  }, 240_000);
});
