import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { installCRDs } from "./crds/install.ts";
import { claim, freshName } from "./crds/laid.ts";
import { kubectl, kubectlDoes, read, until } from "./kubectl.ts";
import { describeWhere, kubectlPeer, RUN } from "./peers.ts";

/**
 * The kube-controller-manager's own garbage collector on the product's claims. It learns of a new CRD within half a minute
 * (https://kubernetes.io/docs/concepts/architecture/garbage-collection/), so the first test takes that long.
 */
describeWhere(kubectlPeer)("garbage collection by owner references, on real controllers", () => {
  const namespace = `gc-${RUN}`;
  const inNamespace = (...args: string[]) => [...args, `--namespace=${namespace}`];

  beforeAll(async () => {
    await installCRDs();
    await kubectlDoes(["create", "namespace", namespace]);
    // Once an owned claim was seen to go, the collector watches claims: what follows then means what it says.
    const owner = await made(configMap(freshName("warm-up")));
    const dependent = await made(owned(freshName("warm-up"), owner));
    await kubectlDoes(inNamespace("delete", "configmap", owner.metadata.name));
    await until(() => isGone("vipc", dependent.metadata.name));
  }, 180_000);

  afterAll(async () => {
    await kubectlDoes(["delete", "namespace", namespace, "--wait=false"]);
  });

  interface Made {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly uid: string };
  }

  const made = async (object: object): Promise<Made> =>
    JSON.parse(await kubectlDoes(inNamespace("create", "--filename=-", "--output=json"), object));

  const configMap = (name: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
  });

  const ownedBy = ({ apiVersion, kind, metadata }: Made, more: object = {}) => ({
    ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, ...more }],
  });

  const owned = (name: string, owner: Made, more: object = {}) =>
    claim(name, { static: true, reclaimPolicy: "Never" }, { namespace, ...ownedBy(owner), ...more });

  async function isGone(kind: string, name: string): Promise<boolean> {
    const { code, stderr } = await kubectl(inNamespace("get", kind, name));
    return code !== 0 && stderr.includes("NotFound");
  }

  /** A StatefulSet whose Pods nobody runs: there is no scheduler. */
  const statefulSet = (name: string) => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "c", image: "i" }] },
      },
    },
  });

  test("takes a static claim along when its workload goes, and keeps one that nobody owns", async () => {
    const name = freshName("web");
    const workload = await made(statefulSet(name));
    const first = await made(owned(`${name}-0`, workload));
    const other = await made(claim(freshName("other"), { static: true }, { namespace }));
    await until(async () => !(await isGone("pod", `${name}-0`)));
    await kubectlDoes(inNamespace("delete", "statefulset", name, "--wait=false"));
    await until(() => isGone("vipc", first.metadata.name));
    await until(() => isGone("pod", `${name}-0`));
    expect(
      (await read(...inNamespace("vipc", other.metadata.name))).metadata.deletionTimestamp,
    ).toBeUndefined();
  }, 120_000);

  test("keeps the claim of a workload that is orphaned on purpose, and only takes the reference off", async () => {
    const name = freshName("web");
    const workload = await made(statefulSet(name));
    await made(owned(`${name}-0`, workload));
    await kubectlDoes(inNamespace("delete", "statefulset", name, "--cascade=orphan"));
    const { metadata } = await read(...inNamespace("vipc", `${name}-0`));
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(metadata.ownerReferences).toBeUndefined();
  }, 120_000);

  test("in the foreground, the workload waits for a claim that a finalizer holds", async () => {
    const name = freshName("web");
    const workload = await made(statefulSet(name));
    const held = await made(
      owned(`${name}-0`, workload, {
        ...ownedBy(workload, { blockOwnerDeletion: true }),
        finalizers: ["vpcip.dev/held-by-a-test"],
      }),
    );
    await kubectlDoes(inNamespace("delete", "statefulset", name, "--cascade=foreground", "--wait=false"));
    await until(
      async () =>
        (await read(...inNamespace("vipc", held.metadata.name))).metadata.deletionTimestamp !== undefined,
    );
    // The Pod is a dependent, too; once it has gone, the claim is all that the workload waits for.
    await until(() => isGone("pod", `${name}-0`));
    expect((await read(...inNamespace("statefulset", name))).metadata.finalizers).toEqual([
      "foregroundDeletion",
    ]);
    await kubectlDoes(
      inNamespace(
        "patch",
        "vipc",
        held.metadata.name,
        "--type=merge",
        "-p",
        '{"metadata":{"finalizers":null}}',
      ),
    );
    await until(() => isGone("statefulset", name));
    await until(() => isGone("vipc", held.metadata.name));
  }, 120_000);

  test("takes a claim whose owner has the right name and another UID, for that owner is gone", async () => {
    const owner = await made(configMap(freshName("owner")));
    const stale = { ...owner, metadata: { ...owner.metadata, uid: "00000000-0000-4000-8000-000000000000" } };
    const orphan = await made(owned(freshName("stale"), stale));
    const kept = await made(owned(freshName("kept"), owner));
    await until(() => isGone("vipc", orphan.metadata.name));
    expect((await read(...inNamespace("vipc", kept.metadata.name))).metadata.uid).toBe(kept.metadata.uid);
  }, 120_000);

  test("keeps a claim as long as one of its two owners lives", async () => {
    const [first, second] = [await made(configMap(freshName("a"))), await made(configMap(freshName("b")))];
    const references = [first, second].flatMap((owner) => ownedBy(owner).ownerReferences);
    const shared = await made(owned(freshName("shared"), first, { ownerReferences: references }));
    const uidsOfOwners = async () =>
      (await read(...inNamespace("vipc", shared.metadata.name))).metadata.ownerReferences.map(
        ({ uid }: { uid: string }) => uid,
      );
    await kubectlDoes(inNamespace("delete", "configmap", first.metadata.name));
    await until(async () => (await uidsOfOwners()).length === 1);
    expect(await uidsOfOwners()).toEqual([second.metadata.uid]);
    await kubectlDoes(inNamespace("delete", "configmap", second.metadata.name));
    await until(() => isGone("vipc", shared.metadata.name));
  }, 120_000);

  test("takes all claims of a namespace that is deleted", async () => {
    const doomed = `doomed-${RUN}`;
    await kubectlDoes(["create", "namespace", doomed]);
    await kubectlDoes(["create", "--filename=-"], claim("web-0", { static: true }, { namespace: doomed }));
    await kubectlDoes(["delete", "namespace", doomed, "--timeout=100s"]);
    expect((await kubectl(["get", "vipc", "web-0", `--namespace=${doomed}`])).stderr).toContain("NotFound");
  }, 120_000);
});
