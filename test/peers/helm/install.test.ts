import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "../kubectl.ts";
import { describeWhere, ownClusterPeer } from "../peers.ts";
import { CHART, otherChart, previousChart, previousObjects, removeCharts, replaceIn } from "./chart.ts";
import { type OwnCluster, startOwnCluster } from "./cluster.ts";

const CRDS = ["vpcips.vpcip.dev", "vpcipclaims.vpcip.dev", "nodeeniconfigs.vpcip.dev"];
const RELEASE = "eni-reclaimer";

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: unknown;
  readonly status: unknown;
  readonly data: unknown;
}

/** One story: each test begins where the one before it ended. */
describeWhere(ownClusterPeer)("the chart, on a real API server", () => {
  let cluster: OwnCluster;
  const starting = new AbortController();

  beforeAll(async () => {
    if (ownClusterPeer !== undefined) cluster = await startOwnCluster(ownClusterPeer, starting.signal);
  }, 240_000);

  afterAll(async () => {
    starting.abort();
    await cluster?.stop();
    removeCharts();
  }, 60_000);

  async function kubectl(args: readonly string[], object?: unknown): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args, object);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the object as the server shows it.
  const read = async (...what: string[]): Promise<any> =>
    JSON.parse(await kubectl(["get", ...what, "--output=json"]));

  async function helm(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.helm(args);
    if (code !== 0) throw new Error(`helm ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** What must never change by an install, an upgrade, a rollback or an uninstall. */
  async function records() {
    const { items } = await read("vip,vipc,nec", "--all-namespaces");
    const leases = await read("leases", "--namespace=vpcip-system");
    const freeze = await read("configmap", "reclaimer-freeze", "--namespace=vpcip-system");
    return [...items, ...leases.items, freeze].map(
      ({ kind, metadata, spec, status, data }: Shown): Shown => ({
        kind,
        metadata: { name: metadata.name, uid: metadata.uid },
        spec,
        status,
        data,
      }),
    );
  }

  let before: Awaited<ReturnType<typeof records>>;

  test("is installed, and says what comes next: who is let in, and a first look that changes nothing", async () => {
    const said = await helm("install", RELEASE, previousChart(), "--create-namespace");
    expect(said).toContain("is installed");
    for (const group of ["collect", "reclaim", "clean"])
      expect(said).toContain(`--kubernetes-groups eni-reclaimer:${group}`);
    expect(said).toContain("cnictl plan --interfaces");
    await kubectl(["wait", "--for=condition=Established", ...CRDS.map((name) => `crd/${name}`)]);
    expect((await read("sa", "vpcip-agent", "--namespace=vpcip-system")).metadata.name).toBe("vpcip-agent");
  }, 120_000);

  test("another version's objects lie there, with every field: marks, intents, tombstones, claims, a lease, the freeze", async () => {
    for (const { status, ...object } of previousObjects()) {
      await until(async () => (await cluster.kubectl(["create", "--filename=-"], object)).code === 0);
      const patch = ["--subresource=status", "--type=merge", "--patch", JSON.stringify({ status })];
      await kubectl(["patch", `${object.kind}.vpcip.dev`, object.metadata.name, ...patch]);
    }
    const system = { namespace: "vpcip-system" };
    await kubectl(["create", "--filename=-"], {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "node-a", ...system },
      spec: { holderIdentity: "ipamd-1", leaseDurationSeconds: 60, renewTime: "2026-06-01T12:00:00.000000Z" },
    });
    await kubectl(["create", "--filename=-"], {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "reclaimer-freeze", ...system },
      data: { frozen: "false" },
    });
    before = await records();
    expect(before.map(({ kind }) => kind).sort()).toEqual([
      "ConfigMap",
      "Lease",
      "NodeENIConfig",
      "VpcIP",
      "VpcIPClaim",
    ]);
    expect(before.find(({ kind }) => kind === "VpcIP")?.spec).toMatchObject({
      claim: {},
      leak: {},
      release: {},
      tombstones: [{}],
    });
  }, 120_000);

  const schemas = async () =>
    Promise.all(
      CRDS.map(
        async (name) => (await read("crd", name)).spec.versions[0].schema.openAPIV3Schema.title as unknown,
      ),
    );
  const knowsNewField = async () =>
    (await cluster.kubectl(["explain", "vipc.status.detachedPodUID"])).code === 0;

  test("an upgrade brings the new CRDs, which Helm's own folder for them would not, and loses no field of any object", async () => {
    expect([await knowsNewField(), await schemas()]).toEqual([false, [undefined, undefined, undefined]]);
    await helm("upgrade", RELEASE, CHART);
    expect(await schemas()).toEqual(["schema 1", "schema 1", "schema 1"]);
    await until(knowsNewField);
    expect(await records()).toEqual(before);
  }, 120_000);

  test("a field that only the new version knows is kept when the release is rolled back: the CRDs refuse, all else goes back", async () => {
    const patch = JSON.stringify({ status: { detachedPodUID: "only-the-new-one-knows" } });
    await kubectl(["patch", "vipc", "10.0.0.9", "--subresource=status", "--type=merge", "--patch", patch]);
    before = await records();
    const widened = otherChart("0.2.0", (folder) =>
      replaceIn(
        join(folder, "manifests/rbac/agent.yaml"),
        /resources: \[nodes\]\n {4}verbs: \[get\]/,
        "resources: [nodes]\n    verbs: [get, list]",
      ),
    );
    await helm("upgrade", RELEASE, widened);
    const mayList = () =>
      cluster.kubectl([
        "auth",
        "can-i",
        "list",
        "nodes",
        "--as=system:serviceaccount:vpcip-system:vpcip-agent",
      ]);
    await until(async () => (await mayList()).stdout.startsWith("yes"));
    const { code, stderr } = await cluster.helm(["rollback", RELEASE, "1"]);
    expect(code).toBe(1);
    for (const name of CRDS)
      expect(stderr).toContain(
        `CustomResourceDefinition ${name} stays as it is: it has schema 1, and schema 0`,
      );
    await until(async () => (await mayList()).stdout.startsWith("no"));
    expect(await schemas()).toEqual(["schema 1", "schema 1", "schema 1"]);
    expect(await records()).toEqual(before);
  }, 120_000);

  test("neither does an old file of kubectl take the CRDs back, nor somebody who replaces them", async () => {
    const old = previousChart();
    for (const verb of [["apply", "--server-side", "--force-conflicts"], ["replace"]]) {
      const { code, stderr } = await cluster.kubectl([
        ...verb,
        `--filename=${join(old, "manifests/crds/vpcip.yaml")}`,
      ]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("stays as it is: it has schema 1, and schema 0"),
      ]);
    }
    expect(await records()).toEqual(before);
  }, 60_000);

  test("it goes on from there, and back, where the CRDs know as much", async () => {
    await helm("upgrade", RELEASE, CHART);
    await helm(
      "upgrade",
      RELEASE,
      otherChart("0.3.0", () => undefined),
    );
    await helm("rollback", RELEASE);
    expect(JSON.parse(await helm("list", "--output=json"))).toMatchObject([
      { status: "deployed", chart: "eni-reclaimer-0.1.0" },
    ]);
    expect(await records()).toEqual(before);
  }, 120_000);

  test("H77 helm uninstall straight away ends at once and takes the rights alone: records, their kinds and guards stay", async () => {
    const said = await helm("uninstall", RELEASE, "--timeout=60s");
    expect(said).toContain("[CustomResourceDefinition] vpcips.vpcip.dev");
    expect(
      (await read("clusterrole,clusterrolebinding", "--selector=app.kubernetes.io/managed-by=Helm")).items,
    ).toEqual([]);
    expect(
      (
        await read(
          "role,rolebinding,sa",
          "--namespace=vpcip-system",
          "--selector=app.kubernetes.io/managed-by=Helm",
        )
      ).items,
    ).toEqual([]);
    expect(await schemas()).toEqual(["schema 1", "schema 1", "schema 1"]);
    expect(await records()).toEqual(before);
    for (const kind of ["crd", "validatingadmissionpolicy", "namespace"])
      for (const { metadata } of (await read(kind)).items) expect(metadata.deletionTimestamp).toBeUndefined();
  }, 120_000);

  test("H77 what is left is refused to whoever deletes it by hand, at once and with what to do", async () => {
    const commands = [
      ["delete", "crd", ...CRDS],
      ["delete", "namespace", "vpcip-system"],
      ["delete", "crd", "--all"],
      ["delete", `--raw=/apis/apiextensions.k8s.io/v1/customresourcedefinitions`],
    ];
    for (const command of commands) {
      const { code, stderr } = await cluster.kubectl(command);
      expect([command, code]).toEqual([command, 1]);
      expect(stderr).toContain('to uninstall eni-reclaimer, run "npm run uninstall:cluster"');
    }
    expect((await cluster.kubectl(["delete", "vip", "10.0.0.9"])).stderr).toContain("is being released");
    expect(await records()).toEqual(before);
  }, 60_000);

  test("it is installed again over what is left, and the records are the ones of before", async () => {
    await helm("install", RELEASE, CHART);
    expect(await records()).toEqual(before);
    await helm("uninstall", RELEASE);
  }, 120_000);

  test("it takes over what kubectl has applied, with --take-ownership, and says so without it", async () => {
    const folders = ["crds", "rbac", "admission"].map(
      (folder) => `--filename=${join(CHART, "manifests", folder)}`,
    );
    await kubectl(["apply", "--server-side", "--force-conflicts", ...folders]);
    const { code, stderr } = await cluster.helm(["install", "another", CHART]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("exists and cannot be imported into the current release"),
    ]);
    await helm("install", RELEASE, CHART, "--take-ownership");
    expect(await records()).toEqual(before);
  }, 120_000);
});
