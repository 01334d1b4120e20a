import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Who } from "../../infra/rbac/identities.ts";
import { claim, freshAddress, freshName, vpcIP } from "../crds/laid.ts";
import { kubectl, kubectlDoes, read, until } from "../kubectl.ts";
import { describeWhere, kubectlPeer, RUN } from "../peers.ts";
import { impersonated, kubectlAs } from "./as.ts";
import { installPolicies, installRights, removePolicies, untilRefused } from "./install.ts";

const LABELS = { "policy-test": `t${RUN}` };
const UNTIL = "2026-06-01T12:35:00Z";
const OWNER = { namespace: "shop", name: "web-0", podUID: "uid-of-web-0", containerID: "c" };
const MARK = { cause: "pod-gone", scope: "Address", firstObservedAt: UNTIL };

/** The policies in infra/chart/manifests/admission, for everything that this test has laid. */
describeWhere(kubectlPeer)("the policies of admission, on a real API server", () => {
  const namespace = `policies-${RUN}`;

  async function laidVpcIP(spec: object): Promise<string> {
    const name = freshAddress();
    await kubectlDoes(["create", "--filename=-"], vpcIP(name, { nodeName: "node-a", ...spec }, LABELS));
    return name;
  }

  async function laidClaim(status?: object, metadata: object = {}): Promise<string> {
    const name = freshName("db");
    const where = { namespace, labels: LABELS, ...metadata };
    await kubectlDoes(["create", "--filename=-"], claim(name, { static: true }, where));
    if (status !== undefined)
      await kubectlDoes([
        ...["patch", "vipc", name, `--namespace=${namespace}`, "--subresource=status", "--type=merge"],
        ...["-p", JSON.stringify({ status })],
      ]);
    return name;
  }

  const bound = () => laidVpcIP({ claim: OWNER });
  const boundClaim = (metadata?: object) =>
    laidClaim({ address: "10.0.3.17", podUID: "uid-of-db" }, metadata);
  const deleteVpcIP = (name: string) => kubectl(["delete", "vip", name, "--wait=false"]);
  const deleteClaim = (name: string) =>
    kubectl(["delete", "vipc", name, `--namespace=${namespace}`, "--wait=false"]);
  const isThere = async (...what: string[]) => (await kubectl(["get", ...what])).code === 0;

  beforeAll(async () => {
    await installRights();
    await kubectlDoes(["create", "namespace", namespace]);
    await installPolicies(LABELS);
    await untilRefused("delete", "vip", await bound());
    await untilRefused("delete", "vipc", await boundClaim(), `--namespace=${namespace}`);
    const address = await laidVpcIP({});
    const { user, group } = impersonated("operator");
    await untilRefused(
      ...["patch", "vip", address, "--type=merge", "-p", '{"spec":{"nodeName":"b"}}'],
      ...[`--as=${user}`, `--as-group=${group}`],
    );
  }, 180_000);

  afterAll(async () => {
    await removePolicies();
    await kubectlDoes(["delete", "namespace", namespace, "--wait=false"]);
  }, 60_000);

  describe("a person's delete of a VpcIP", () => {
    test("is refused where a Pod has the address, with the Pod's name and what to do", async () => {
      const name = await bound();
      expect(await deleteVpcIP(name)).toEqual({
        code: 1,
        stdout: "",
        stderr: `Error from server (Forbidden): vpcips.vpcip.dev "${name}" is forbidden: ValidatingAdmissionPolicy 'bound-vpcips.vpcip.dev' with binding 'bound-vpcips.vpcip.dev' denied request: VpcIP ${name} is the address of Pod shop/web-0 (UID uid-of-web-0, node node-a): delete the Pod instead, and the address is given back\n`,
      });
      expect(await isThere("vip", name)).toBe(true);
    });

    test("is refused where a static claim has it, whether a Pod uses it or not", async () => {
      const name = await laidVpcIP({ claim: { ...OWNER, uid: "uid-of-claim" } });
      expect((await deleteVpcIP(name)).stderr).toContain(
        "delete the Pod instead, then the VpcIPClaim of that name, which keeps the address for its next Pod",
      );
    });

    test("is refused while a release stands in it, or a tombstone binds it", async () => {
      const release = { run: "r", interfaceID: "eni-0a", time: UNTIL };
      for (const spec of [
        { claim: OWNER, leak: MARK, release },
        { tombstones: [{ interfaceID: "eni-0a", until: UNTIL }] },
      ]) {
        const { code, stderr } = await deleteVpcIP(await laidVpcIP(spec));
        expect([code, stderr]).toEqual([
          1,
          expect.stringContaining("is being released on node node-a: it stays until"),
        ]);
        expect(stderr.includes("of Pod shop/web-0")).toBe("claim" in spec);
      }
    });

    test("is let through where nobody has it: a mark alone, and a mark on what a Pod had", async () => {
      for (const spec of [{}, { leak: MARK }, { claim: OWNER, leak: MARK }]) {
        const name = await laidVpcIP(spec);
        expect((await deleteVpcIP(name)).code).toBe(0);
        expect(await isThere("vip", name)).toBe(false);
      }
    });

    test("is refused as one of many, too", async () => {
      const name = await bound();
      const raw = `/apis/vpcip.dev/v1alpha1/vpcips?fieldSelector=metadata.name%3D${name}`;
      expect((await kubectl(["delete", `--raw=${raw}`])).stderr).toContain(
        "is the address of Pod shop/web-0",
      );
      expect(await isThere("vip", name)).toBe(true);
    });
  });

  describe("a person's delete of a claim", () => {
    test("is refused while its Pod has the address, with the Pod's name and what to do", async () => {
      const name = await boundClaim();
      const { code, stderr } = await deleteClaim(name);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `VpcIPClaim ${namespace}/${name} is bound: Pod ${namespace}/${name} (UID uid-of-db) has 10.0.3.17: delete the Pod first`,
      );
      expect(await isThere("vipc", name, `--namespace=${namespace}`)).toBe(true);
    });

    test("is refused where only an earlier Pod was seen gone", async () => {
      const seen = { address: "10.0.3.17", podUID: "second", detachedAt: UNTIL, detachedPodUID: "first" };
      expect((await deleteClaim(await laidClaim(seen))).stderr).toContain("(UID second) has 10.0.3.17");
    });

    test("is let through once its Pod was seen gone, and where it never had one", async () => {
      const gone = { address: "10.0.3.17", podUID: "uid-of-db", detachedAt: UNTIL };
      for (const status of [
        gone,
        { ...gone, detachedPodUID: "uid-of-db" },
        { nodeName: "node-a" },
        undefined,
      ]) {
        const name = await laidClaim(status);
        expect((await deleteClaim(name)).code).toBe(0);
        expect(await isThere("vipc", name, `--namespace=${namespace}`)).toBe(false);
      }
    });
  });

  describe("what is bound may be deleted", () => {
    test.each<Who>(["collect", "reclaim", "clean", "agent"])("by %s: its VpcIP", async (who) => {
      const name = await bound();
      const said = await kubectlAs(impersonated(who), ["delete", "vip", name, "--wait=false"]);
      expect([said.code, said.stderr]).toEqual([0, ""]);
    });

    test.each([
      "system:kube-controller-manager",
      "system:serviceaccount:kube-system:generic-garbage-collector",
      "system:serviceaccount:kube-system:namespace-controller",
    ])("by %s: VpcIP and claim", async (user) => {
      const masters = { user, group: "system:masters" };
      const [vip, vipc] = [await bound(), await boundClaim()];
      expect((await kubectlAs(masters, ["delete", "vip", vip, "--wait=false"])).code).toBe(0);
      const inNamespace = [vipc, `--namespace=${namespace}`, "--wait=false"];
      expect((await kubectlAs(masters, ["delete", "vipc", ...inNamespace])).code).toBe(0);
    });

    test("by nobody else of that namespace", async () => {
      const user = "system:serviceaccount:kube-system:job-controller";
      const said = await kubectlAs({ user, group: "system:masters" }, ["delete", "vip", await bound()]);
      expect(said.stderr).toContain("is the address of Pod shop/web-0");
    });

    test("by the real garbage collector, with the claim's owner", async () => {
      const owner = freshName("owner");
      await kubectlDoes(["create", "configmap", owner, `--namespace=${namespace}`]);
      const { metadata } = await read("configmap", owner, `--namespace=${namespace}`);
      const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: owner, uid: metadata.uid }];
      const name = await boundClaim({ ownerReferences });
      await kubectlDoes(["delete", "configmap", owner, `--namespace=${namespace}`]);
      await until(async () => !(await isThere("vipc", name, `--namespace=${namespace}`)));
    }, 120_000);

    test("by the real namespace controller, with the namespace", async () => {
      const doomed = `doomed-policies-${RUN}`;
      await kubectlDoes(["create", "namespace", doomed]);
      const name = freshName("db");
      const metadata = { namespace: doomed, labels: LABELS };
      await kubectlDoes(["create", "--filename=-"], claim(name, { static: true }, metadata));
      const status = { address: "10.0.3.17", podUID: "uid-of-db" };
      const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
      await kubectlDoes(["patch", "vipc", name, `--namespace=${doomed}`, ...patch]);
      await kubectlDoes(["delete", "namespace", doomed, "--timeout=100s"]);
      expect(await isThere("vipc", name, `--namespace=${doomed}`)).toBe(false);
    }, 120_000);
  });

  describe("an operator", () => {
    const operator = (...args: string[]) => kubectlAs(impersonated("operator"), args);

    test("annotates a VpcIP, and takes the annotation away", async () => {
      const name = await bound();
      expect((await operator("annotate", "vip", name, "vpcip.dev/keep=mine")).code).toBe(0);
      expect((await read("vip", name)).metadata.annotations).toEqual({ "vpcip.dev/keep": "mine" });
      expect((await operator("annotate", "vip", name, "vpcip.dev/keep-")).code).toBe(0);
    });

    test("changes neither its spec nor its labels, nor what holds it", async () => {
      const name = await bound();
      for (const patch of [
        { spec: { nodeName: "node-b" } },
        { spec: { leak: MARK } },
        { metadata: { labels: { "vpcip.dev/state": "Leaked" } } },
        { metadata: { labels: null } },
        { metadata: { finalizers: ["vpcip.dev/mine"] } },
      ]) {
        const { code, stderr } = await operator(
          "patch",
          "vip",
          name,
          "--type=merge",
          "-p",
          JSON.stringify(patch),
        );
        expect([code, stderr]).toEqual([1, expect.stringContaining(`you may annotate VpcIP ${name}`)]);
      }
    });

    test("deletes none, bound or not", async () => {
      const said = await operator("delete", "vip", await laidVpcIP({}));
      expect(said.stderr).toContain('cannot delete resource "vpcips"');
    });
  });

  test("whoever may update a VpcIP is not held to annotations", async () => {
    const name = await laidVpcIP({});
    expect(
      (await kubectl(["patch", "vip", name, "--type=merge", "-p", '{"spec":{"nodeName":"b"}}'])).code,
    ).toBe(0);
  });
});
