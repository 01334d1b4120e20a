import { afterEach, describe, expect, it } from "@jest/globals";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import { clusterAt, PAGE, type Reaction, type Stub, status, stubServer } from "./stub-server.ts";

const details = { name: "10.0.0.7", group: "vpcip.dev", kind: "vpcips" };
const stored: StoredVpcIP = {
  apiVersion: "vpcip.dev/v1alpha1",
  kind: "VpcIP",
  metadata: { name: "10.0.0.7", uid: "uid-1", resourceVersion: "7" },
  spec: { nodeName: "node-1" },
};

/** Nothing happened, or something may have: what each verb does is the same for these. */
const FAILURES: readonly [string, Reaction, string][] = [
  ["a connection that breaks", "drop", "unclear"],
  ["an answer that breaks off", "break off", "unclear"],
  ["no answer in time", "silence", "unclear"],
  ["500", status(500, "InternalError"), "unclear"],
  ["504", status(504, "Timeout"), "unclear"],
  ["502 page of a load balancer", { status: 502, body: PAGE }, "unclear"],
  ["503 page of a load balancer", { status: 503, body: PAGE }, "unclear"],
  ["200 page of a proxy", { status: 200, body: PAGE }, "unclear"],
  ["409 page of a proxy", { status: 409, body: PAGE }, "unclear"],
  ["404 page of a proxy", { status: 404, body: PAGE }, "unclear"],
  ["503", status(503, "ServiceUnavailable"), "server"],
  ["429", status(429, "TooManyRequests"), "throttled"],
  ["403", status(403, "Forbidden", details), "forbidden"],
  ["422", status(422, "Invalid", details), "refused"],
  ["a 404 of its type", status(404, "NotFound"), "refused"],
];

describe("a write", () => {
  let stub: Stub;
  afterEach(() => stub.stop());
  const verbs = {
    create: () => stub.cluster.writer.createVpcIP(stored),
    replace: () => stub.cluster.writer.replaceVpcIP(stored),
    delete: () => stub.cluster.writer.deleteVpcIP(stored),
  };

  describe.each(["create", "replace", "delete"] as const)("to %s", (verb) => {
    it.each(FAILURES)(
      "is sent once after %s, and says whether it may have happened",
      async (_, reaction, kind) => {
        stub = await stubServer(reaction);
        await expect(verbs[verb]()).rejects.toMatchObject({ name: "ClusterError", kind });
        expect([stub.asked.length, stub.waits]).toEqual([1, []]);
      },
    );

    it("H75 is unclear on a kept connection that breaks, and not sent again", async () => {
      stub = await stubServer({ status: 200, body: stored }, "drop");
      await stub.cluster.reader.getVpcIP("10.0.0.7");
      await expect(verbs[verb]()).rejects.toMatchObject({ kind: "unclear" });
      expect(stub.asked.length).toBe(2);
    });
  });

  it("that could not be sent did not happen", async () => {
    stub = await stubServer("silence");
    await stub.stop();
    await expect(clusterAt(stub.url).writer.createVpcIP(stored)).rejects.toMatchObject({
      kind: "unreachable",
    });
  });

  it.each<[keyof typeof verbs, Reaction, string]>([
    ["create", status(409, "AlreadyExists", details), "exists"],
    ["replace", status(409, "Conflict", details), "conflict"],
    ["replace", status(404, "NotFound", details), "gone"],
    ["delete", status(409, "Conflict", details), "conflict"],
    ["delete", status(404, "NotFound", details), "gone"],
    ["delete", { ...status(200, "") }, "deleted"],
    ["delete", { status: 200, body: stored }, "deleted"],
    ["delete", { status: 202, body: stored }, "deleted"],
  ])("to %s met with %j is %s", async (verb, reaction, outcome) => {
    stub = await stubServer(reaction);
    expect(await verbs[verb]()).toEqual({ outcome });
  });

  it.each<[keyof typeof verbs, Reaction]>([
    ["create", status(409, "Conflict", details)],
    ["replace", status(409, "AlreadyExists", details)],
  ])("to %s with a 409 of another reason is an error, and no outcome is guessed", async (verb, reaction) => {
    stub = await stubServer(reaction);
    await expect(verbs[verb]()).rejects.toMatchObject({ kind: "refused" });
  });

  it("that made something unreadable is unclear", async () => {
    stub = await stubServer({ status: 200, body: { ...stored, spec: {} } });
    await expect(verbs.replace()).rejects.toMatchObject({ kind: "unclear" });
  });

  it("to replace carries UID and resourceVersion, and lets no field be pruned (H20)", async () => {
    stub = await stubServer({ status: 200, body: stored });
    await verbs.replace();
    expect(stub.asked[0]).toMatchObject({
      method: "PUT",
      path: "/apis/vpcip.dev/v1alpha1/vpcips/10.0.0.7",
      body: { metadata: { uid: "uid-1", resourceVersion: "7" }, spec: stored.spec },
    });
    expect(stub.asked[0]!.query.get("fieldValidation")).toBe("Strict");
  });

  it("to delete carries UID and resourceVersion as preconditions", async () => {
    stub = await stubServer(status(200, ""));
    await verbs.delete();
    expect(stub.asked[0]).toMatchObject({
      method: "DELETE",
      body: { kind: "DeleteOptions", preconditions: { uid: "uid-1", resourceVersion: "7" } },
    });
  });

  it("keeps what it doesn't know of an object's metadata", async () => {
    stub = await stubServer({ status: 200, body: stored });
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "uid-2" }];
    await stub.cluster.writer.replaceVpcIP({ ...stored, metadata: { ...stored.metadata, ownerReferences } });
    expect(stub.asked[0]).toMatchObject({ body: { metadata: { ownerReferences } } });
  });

  it("to create sentinels is not sent where they are there: a role may read and not create", async () => {
    stub = await stubServer(({ path }) => {
      const [name = "", plural = ""] = path.split("/").reverse();
      const namespace = /namespaces\/([^/]+)\/./.exec(path)?.[1];
      const ours = path.startsWith("/apis/");
      const kinds: Readonly<Record<string, string>> = {
        namespaces: "Namespace",
        vpcips: "VpcIP",
        vpcipclaims: "VpcIPClaim",
        nodeeniconfigs: "NodeENIConfig",
      };
      const apiVersion = ours ? "vpcip.dev/v1alpha1" : "v1";
      return { status: 200, body: { apiVersion, kind: kinds[plural], metadata: { name, namespace } } };
    });
    await stub.cluster.writer.createSentinels();
    expect(stub.asked.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET"]);
  });
});
