import { beforeAll, expect, test } from "@jest/globals";
import { kubectl, kubectlDoes, read } from "../kubectl.ts";
import { describeWhere, kubectlPeer } from "../peers.ts";
import { installCRDs } from "./install.ts";
import { claim, freshAddress, freshName, nodeConfig, vpcIP } from "./laid.ts";

/** What a person reads whose object the CRDs' rules refuse; beside each, the nearest one that they let pass. */
describeWhere(kubectlPeer)("the rules of the CRDs, on a real API server", () => {
  beforeAll(installCRDs, 120_000);

  const create = (object: object) => kubectl(["create", "--filename=-"], object);

  async function refuses(object: object, why: string | RegExp): Promise<void> {
    const { code, stderr } = await create(object);
    expect(stderr).toMatch(why);
    expect(code).toBe(1);
  }

  async function takes(object: object): Promise<void> {
    expect(await create(object)).toMatchObject({ code: 0, stderr: "" });
  }

  test("refuse a VpcIP that is not named by a canonical IPv4 address, and take one that is", async () => {
    const why = "the name must be an IPv4 address in its canonical form, e.g. 10.0.3.17";
    for (const name of ["web-0", "010.0.0.1", "10.0.0", "10.0.0.256"])
      await refuses(vpcIP(name, { nodeName: "a" }), why);
    await takes(vpcIP(freshAddress(), { nodeName: "a" }));
  });

  test("refuse an expiry under five minutes, and one that nothing uses", async () => {
    const name = freshName("claim");
    const expiring = { static: true, reclaimPolicy: "AfterExpiry" };
    await refuses(claim(name, { ...expiring, expireAfter: "4m59s" }), "expireAfter must be at least 5m");
    const incomplete = "reclaimPolicy AfterExpiry needs static: true and expireAfter";
    await refuses(claim(name, expiring), incomplete);
    await refuses(claim(name, { reclaimPolicy: "AfterExpiry", expireAfter: "5m" }), incomplete);
    await refuses(
      claim(name, { static: true, expireAfter: "3 days" }),
      "spec.expireAfter in body should match",
    );
    await refuses(
      claim(name, { static: true, reclaimPolicy: "Sometimes" }),
      'Unsupported value: "Sometimes": supported values: "WithPod", "AfterExpiry", "Never"',
    );
    await takes(claim(name, { ...expiring, expireAfter: "5m" }));
  });

  test("refuse a warm pool whose least is more than its most", async () => {
    const name = freshName("node");
    await refuses(
      nodeConfig(name, { warmPool: { min: 5, max: 4 } }),
      "warmPool.min must not be greater than warmPool.max",
    );
    await refuses(nodeConfig(name, { warmPool: { min: -1 } }), "should be greater than or equal to 0");
    await takes(nodeConfig(name, { warmPool: { min: 4, max: 4 } }));
  });

  test("name a field that is misspelt, and required ones that are missing", async () => {
    await refuses(nodeConfig(freshName("node"), { warmpool: {} }), /unknown field "(spec\.)?warmpool"/);
    await refuses(
      vpcIP(freshAddress(), { nodeName: "a", leak: { cause: "pod-gone" } }),
      /spec\.leak\.scope: Required|missing required field "scope"/,
    );
  });

  test("refuse to drop the claim of a VpcIP, and take it once the address has a tombstone", async () => {
    const name = freshAddress();
    const owner = { namespace: "default", name: "web-0", podUID: "p", containerID: "c" };
    await takes(vpcIP(name, { nodeName: "a", claim: owner }));
    const patch = (spec: object) =>
      kubectl(["patch", "vip", name, "--type=merge", "-p", JSON.stringify({ spec })]);
    expect(await patch({ claim: null })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("a claim stays beside what follows"),
    });
    expect((await read("vip", name)).spec.claim).toEqual(owner);
    const tombstones = [{ interfaceID: "eni-0a", until: "2026-06-01T12:35:00Z" }];
    expect(await patch({ claim: null, tombstones })).toMatchObject({ code: 0 });
  });

  test("H30 refuse a sweepEpoch that goes back", async () => {
    const name = freshName("node");
    await takes(nodeConfig(name, {}));
    const patch = (sweepEpoch: number | null) =>
      kubectl([
        "patch",
        "nec",
        name,
        "--subresource=status",
        "--type=merge",
        "-p",
        JSON.stringify({ status: { sweepEpoch } }),
      ]);
    expect(await patch(3)).toMatchObject({ code: 0 });
    for (const back of [2, null])
      expect(await patch(back)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("status.sweepEpoch never goes back"),
      });
    expect(await patch(4)).toMatchObject({ code: 0 });
  });

  test("keep status out of reach of a plain write", async () => {
    const name = freshName("node");
    await kubectlDoes(["create", "--filename=-"], { ...nodeConfig(name, {}), status: { sweepEpoch: 7 } });
    expect((await read("nec", name)).status).toBeUndefined();
  });
});
