import { beforeAll, expect, test } from "@jest/globals";
import { kubectl, kubectlDoes, read } from "../kubectl.ts";
import { describeWhere, kubectlPeer } from "../peers.ts";
import { CRDS } from "./folder.ts";
import { installCRDs } from "./install.ts";
import { freshAddress, freshName, nodeConfig, vpcIP } from "./laid.ts";

describeWhere(kubectlPeer)("server-side apply, on a real API server", () => {
  beforeAll(installCRDs, 120_000);

  const applyAs = (manager: string, object: object, ...more: string[]) =>
    kubectl(["apply", "--server-side", `--field-manager=${manager}`, "--filename=-", ...more], object);

  test("takes the CRDs again and changes nothing", async () => {
    const generations = async () =>
      (await read("crd", "vpcips.vpcip.dev", "vpcipclaims.vpcip.dev", "nodeeniconfigs.vpcip.dev")).items.map(
        (one: { metadata: { generation: number } }) => one.metadata.generation,
      );
    const before = await generations();
    const { code, stderr } = await kubectl([
      "apply",
      "--server-side",
      "--force-conflicts",
      "--filename",
      CRDS,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(await generations()).toEqual(before);
  });

  test("takes the CRDs for structural, and their names for theirs", async () => {
    for (const plural of ["vpcips", "vpcipclaims", "nodeeniconfigs"]) {
      const { conditions } = (await read("crd", `${plural}.vpcip.dev`)).status;
      const shown = Object.fromEntries(
        conditions.map(({ type, status }: { type: string; status: string }) => [type, status]),
      );
      expect(shown).toMatchObject({ Established: "True", NamesAccepted: "True" });
      expect(shown).not.toHaveProperty("NonStructuralSchema");
      expect(shown).not.toHaveProperty("KubernetesAPIApprovalPolicyConformant");
    }
  });

  test("lets two managers each have fields of one object", async () => {
    const name = freshName("node");
    expect((await applyAs("operator", nodeConfig(name, { warmPool: { min: 2 } }))).code).toBe(0);
    expect((await applyAs("platform", nodeConfig(name, { subnetIDs: ["subnet-0a"] }))).code).toBe(0);
    expect((await read("nec", name)).spec).toEqual({ warmPool: { min: 2 }, subnetIDs: ["subnet-0a"] });
    // What a manager leaves out of its next apply goes, and only that.
    expect((await applyAs("operator", nodeConfig(name, { limits: { interfaces: 3 } }))).code).toBe(0);
    expect((await read("nec", name)).spec).toEqual({ limits: { interfaces: 3 }, subnetIDs: ["subnet-0a"] });
  });

  test("names the field and its manager where two want it, and gives way only to force", async () => {
    const name = freshName("node");
    await applyAs("operator", nodeConfig(name, { warmPool: { min: 2 } }));
    const { code, stderr } = await applyAs("platform", nodeConfig(name, { warmPool: { min: 4 } }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/conflict with "operator".*: \.spec\.warmPool\.min/);
    expect((await read("nec", name)).spec).toEqual({ warmPool: { min: 2 } });
    expect(
      (await applyAs("platform", nodeConfig(name, { warmPool: { min: 4 } }), "--force-conflicts")).code,
    ).toBe(0);
    expect((await read("nec", name)).spec).toEqual({ warmPool: { min: 4 } });
  });

  test("merges lists by their keys: each manager keeps its own items", async () => {
    const name = freshAddress();
    const tombstone = (interfaceID: string) => ({ interfaceID, until: "2026-06-01T12:35:00Z" });
    const laid = (...ids: string[]) => vpcIP(name, { nodeName: "node-a", tombstones: ids.map(tombstone) });
    expect((await applyAs("one", laid("eni-0a"))).code).toBe(0);
    expect((await applyAs("two", laid("eni-0b"))).code).toBe(0);
    expect(
      (await read("vip", name)).spec.tombstones.map((one: { interfaceID: string }) => one.interfaceID),
    ).toEqual(["eni-0a", "eni-0b"]);
    expect((await applyAs("two", laid())).code).toBe(0);
    expect((await read("vip", name)).spec.tombstones).toEqual([tombstone("eni-0a")]);
  });

  test("keeps status from an apply of the object, and takes it as a subresource", async () => {
    const name = freshName("node");
    const whole = { ...nodeConfig(name, {}), status: { allocator: "ipamd", instanceID: "i-0a" } };
    await kubectlDoes(["apply", "--server-side", "--filename=-"], nodeConfig(name, {}));
    expect((await applyAs("ipamd", whole)).code).toBe(0);
    expect((await read("nec", name)).status).toBeUndefined();
    expect((await applyAs("ipamd", whole, "--subresource=status")).code).toBe(0);
    expect((await read("nec", name)).status).toEqual(whole.status);
  });
});
