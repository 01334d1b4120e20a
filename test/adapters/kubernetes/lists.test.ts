import { afterEach, describe, expect, it } from "@jest/globals";
import { type Asked, PAGE, type Reaction, type Stub, status, stubServer } from "./stub-server.ts";

const item = (name: string) => ({ metadata: { name, uid: `uid-${name}`, resourceVersion: "1" } });

interface PageOptions {
  readonly next?: string;
  readonly snapshot?: string;
}

const page = (names: readonly string[], { next, snapshot = "100" }: PageOptions = {}) => ({
  status: 200,
  body: {
    apiVersion: "meta.k8s.io/v1",
    kind: "PartialObjectMetadataList",
    metadata: { resourceVersion: snapshot, ...(next !== undefined && { continue: next }) },
    items: names.map(item),
  },
});

const expired = status(410, "Expired");

describe("a list", () => {
  let stub: Stub;
  afterEach(() => stub.stop());
  const listed = async (...reactions: (Reaction | ((asked: Asked) => Reaction))[]) => {
    stub = await stubServer(...reactions);
    return [...(await stub.cluster.reader.livePodUIDs())];
  };
  const tokens = () => stub.asked.map(({ query }) => query.get("continue"));

  it("H46 has what is on each page", async () => {
    const uids = await listed(page(["a"], { next: "t1" }), page(["b"], { next: "t2" }), page(["c"]));
    expect(uids).toEqual(["uid-a", "uid-b", "uid-c"]);
    expect(tokens()).toEqual([null, "t1", "t2"]);
  });

  it("H46 goes on after a page that is empty but not the last", async () => {
    expect(await listed(page([], { next: "t1" }), page(["b"]))).toEqual(["uid-b"]);
  });

  it("H06 names no resourceVersion, so that the answer is the most recent", async () => {
    await listed(page(["a"], { next: "t1" }), page(["b"]));
    for (const { query } of stub.asked) {
      expect([query.get("resourceVersion"), query.get("resourceVersionMatch")]).toEqual([null, null]);
      expect(query.get("limit")).toBe("500");
      expect(query.get("fieldSelector")).toBe("status.phase!=Succeeded,status.phase!=Failed");
    }
  });

  it("H08 starts afresh when its snapshot expires, and mixes nothing in", async () => {
    const uids = await listed(
      page(["gone", "a"], { next: "t1", snapshot: "100" }),
      expired,
      page(["a"], { next: "t2", snapshot: "200" }),
      page(["b"], { snapshot: "200" }),
    );
    expect(uids).toEqual(["uid-a", "uid-b"]);
    expect(tokens()).toEqual([null, "t1", null, "t2"]);
  });

  it("H08 does not take up the token that a 410 offers for the rest of another snapshot", async () => {
    const offered = { ...expired, body: { ...expired.body, metadata: { continue: "inconsistent" } } };
    await listed(page(["a"], { next: "t1" }), offered, page(["b"]));
    expect(tokens()).toEqual([null, "t1", null]);
  });

  it("H08 starts afresh when a later page is of another snapshot", async () => {
    const uids = await listed(
      page(["gone"], { next: "t1", snapshot: "100" }),
      page(["b"], { snapshot: "101" }),
      page(["a", "b"], { snapshot: "101" }),
    );
    expect(uids).toEqual(["uid-a", "uid-b"]);
  });

  it("H08 is an error when its snapshots keep expiring", async () => {
    const always = ({ query }: Asked) => (query.has("continue") ? expired : page(["a"], { next: "t1" }));
    await expect(listed(always)).rejects.toMatchObject({ kind: "server" });
    expect(stub.asked.length).toBe(8);
  });

  it.each<[string, Reaction, string]>([
    ["fails", status(500, "InternalError"), "server"],
    ["breaks off", "break off", "unreachable"],
    ["never comes", "silence", "unreachable"],
    ["is forbidden", status(403, "Forbidden"), "forbidden"],
    ["is a page of a proxy", { status: 200, body: PAGE }, "unreadable"],
    ["is a Status", { ...status(200, "Unknown") }, "unreadable"],
    ["has no items", { status: 200, body: { ...page([]).body, items: undefined } }, "unreadable"],
    ["has items that are no list", { status: 200, body: { ...page([]).body, items: {} } }, "unreadable"],
    ["lists another kind", { status: 200, body: { ...page([]).body, kind: "NodeList" } }, "unreadable"],
    ["says nothing of its snapshot", { status: 200, body: { ...page([]).body, metadata: {} } }, "unreadable"],
    [
      "holds something that is no object",
      { status: 200, body: { ...page([]).body, items: [null] } },
      "unreadable",
    ],
    [
      "holds a Pod without UID",
      { status: 200, body: { ...page([]).body, items: [{ metadata: { name: "a", resourceVersion: "1" } }] } },
      "unreadable",
    ],
  ])("H08 is an error, not a part, when its second page %s", async (_, second, kind) => {
    await expect(listed(page(["a"], { next: "t1" }), second)).rejects.toMatchObject({ kind });
  });

  it("H05 of a resource that the server doesn't have is an error, not empty", async () => {
    const unknown = { status: 404, body: "404 page not found\n", headers: { "content-type": "text/plain" } };
    await expect(listed(unknown)).rejects.toMatchObject({ kind: "refused" });
  });

  it("is an error when its pages never end", async () => {
    await expect(listed(page(["a"], { next: "again" }))).rejects.toMatchObject({ kind: "unreadable" });
  });

  it("is empty where an empty list of metadata is written as null, as kube-apiserver does", async () => {
    expect(await listed({ status: 200, body: { ...page([]).body, items: null } })).toEqual([]);
  });

  it("of metadata is as good from a server that answers with whole objects", async () => {
    const whole = {
      apiVersion: "v1",
      kind: "PodList",
      metadata: { resourceVersion: "1" },
      items: [item("a")],
    };
    expect(await listed({ status: 200, body: whole })).toEqual(["uid-a"]);
  });

  it("of whole objects is not one of metadata alone", async () => {
    stub = await stubServer(page([]));
    await expect(stub.cluster.reader.listPodsOfNode("node-1")).rejects.toMatchObject({ kind: "unreadable" });
  });

  it("H03 of a node's Pods is an error when one of them shows an address that can't be read", async () => {
    const pod = { ...item("a"), spec: { nodeName: "node-1" }, status: { podIP: "10.0.0.7.1" } };
    pod.metadata = { ...pod.metadata, namespace: "default" } as typeof pod.metadata;
    const list = { apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items: [pod] };
    stub = await stubServer({ status: 200, body: list });
    await expect(stub.cluster.reader.listPodsOfNode("node-1")).rejects.toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining("default/a: status.podIP"),
    });
  });

  it("H20 has an object of unknown shape as unreadable, beside those that are not", async () => {
    const config = (name: string, allocator: string) => ({
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "NodeENIConfig",
      ...item(name),
      status: { allocator },
    });
    stub = await stubServer({
      status: 200,
      body: {
        apiVersion: "vpcip.dev/v1alpha1",
        kind: "NodeENIConfigList",
        metadata: { resourceVersion: "1" },
        items: [config("node-1", "ipamd"), config("node-2", "newer-allocator")],
      },
    });
    expect(await stub.cluster.reader.listNodeConfigs()).toEqual([
      { readable: true, object: expect.objectContaining({ status: { allocator: "ipamd" } }) },
      {
        readable: false,
        name: "node-2",
        raw: expect.anything(),
        why: expect.stringContaining("status.allocator"),
      },
    ]);
  });

  it("of a node is an error where the server shows another node's objects: it did not understand the filter", async () => {
    const body = {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIPList",
      metadata: { resourceVersion: "1" },
      items: [{ ...item("10.0.0.7"), spec: { nodeName: "node-2" } }],
    };
    stub = await stubServer({ status: 200, body });
    await expect(stub.cluster.reader.listVpcIPsOfNode("node-1")).rejects.toMatchObject({
      kind: "unreadable",
    });
  });
});
