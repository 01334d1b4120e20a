import { afterEach, describe, expect, it } from "@jest/globals";
import { clusterAt, PAGE, type Reaction, type Stub, status, stubServer } from "./stub-server.ts";

const details = { name: "10.0.0.7", group: "vpcip.dev", kind: "vpcips" };
const vpcIP = {
  apiVersion: "vpcip.dev/v1alpha1",
  kind: "VpcIP",
  metadata: { name: "10.0.0.7", uid: "uid-1", resourceVersion: "7" },
  spec: { nodeName: "node-1" },
};

describe("a read of one object", () => {
  let stub: Stub;
  afterEach(() => stub.stop());
  const given = async (...reactions: Reaction[]) => {
    stub = await stubServer(...reactions);
    return stub.cluster.reader.getVpcIP("10.0.0.7");
  };

  it("H05 is not found where the API server says so of that very object", async () => {
    expect(await given(status(404, "NotFound", details))).toEqual({ found: false });
  });

  it.each<[string, Reaction, string]>([
    ["a 404 of its type (no such CRD), in plain text", text404("text/plain"), "refused"],
    ["a 404 of its type, as a Status", status(404, "NotFound"), "refused"],
    ["a 404 of another object", status(404, "NotFound", { ...details, name: "10.0.0.8" }), "refused"],
    ["a 404 of another resource", status(404, "NotFound", { ...details, kind: "leases" }), "refused"],
    ["a 404 of another group", status(404, "NotFound", { ...details, group: "other.dev" }), "refused"],
    ["a 404 for another reason", status(404, "Expired", details), "refused"],
    ["a 404 page of a proxy", { status: 404, body: PAGE }, "unreadable"],
    ["a 200 page of a proxy", { status: 200, body: PAGE }, "unreadable"],
    ["a list in place of the object", { status: 200, body: { kind: "VpcIPList", items: [] } }, "unreadable"],
    ["an object of another kind", { status: 200, body: { ...vpcIP, kind: "VpcIPClaim" } }, "unreadable"],
    [
      "an object of another name",
      { status: 200, body: { ...vpcIP, metadata: { ...vpcIP.metadata, name: "10.0.0.8" } } },
      "unreadable",
    ],
    ["401", status(401, "Unauthorized"), "forbidden"],
    ["403", status(403, "Forbidden", details), "forbidden"],
    ["500", status(500, "InternalError"), "server"],
    ["503", status(503, "ServiceUnavailable"), "server"],
    ["502 page of a load balancer", { status: 502, body: PAGE }, "server"],
    ["a redirect to a sign-in", { status: 302, body: PAGE, headers: { location: "/login" } }, "unreadable"],
    ["a broken connection", "drop", "unreachable"],
    ["an answer that breaks off", "break off", "unreachable"],
    ["no answer in time", "silence", "unreachable"],
  ])("H05 is an error, not an absence, after %s", async (_, reaction, kind) => {
    await expect(given(reaction)).rejects.toMatchObject({ name: "ClusterError", kind });
  });

  it("H05 is an error where nobody listens", async () => {
    stub = await stubServer("silence");
    await stub.stop();
    await expect(clusterAt(stub.url).reader.getVpcIP("10.0.0.7")).rejects.toMatchObject({
      kind: "unreachable",
    });
  });

  it("H20 is unreadable, and not absent, where its shape is unknown", async () => {
    const newer = { ...vpcIP, spec: { ...vpcIP.spec, reservedFor: "somebody" } };
    expect(await given({ status: 200, body: newer })).toEqual({
      found: true,
      object: {
        readable: false,
        name: "10.0.0.7",
        raw: expect.anything(),
        why: expect.stringContaining("reservedFor"),
      },
    });
  });

  it("H20 is unreadable where a field that it needs was pruned", async () => {
    expect(await given({ status: 200, body: { ...vpcIP, spec: {} } })).toEqual({
      found: true,
      object: {
        readable: false,
        name: "10.0.0.7",
        raw: expect.anything(),
        why: expect.stringContaining("spec.nodeName"),
      },
    });
  });

  it("is sent again after as many seconds as a busy server says", async () => {
    const busy = { ...status(429, "TooManyRequests"), headers: { "retry-after": "3" } };
    expect(await given(busy, busy, { status: 200, body: vpcIP })).toMatchObject({ found: true });
    expect(stub.waits).toEqual([3_000, 3_000]);
  });

  it("gives up on a server that stays busy, and never waits for long", async () => {
    const busy = { ...status(429, "TooManyRequests"), headers: { "retry-after": "86400" } };
    await expect(given(busy)).rejects.toMatchObject({ kind: "throttled" });
    expect(stub.waits).toEqual([10_000, 10_000, 10_000]);
  });

  it("is sent again where a kept connection had been closed", async () => {
    stub = await stubServer({ status: 200, body: vpcIP }, "drop", { status: 200, body: vpcIP });
    const { reader } = stub.cluster;
    await reader.getVpcIP("10.0.0.7");
    expect(await reader.getVpcIP("10.0.0.7")).toMatchObject({ found: true });
    expect(stub.asked.length).toBe(3);
  });

  it("carries the token and asks for nothing but the most recent (H06)", async () => {
    await given({ status: 200, body: vpcIP });
    expect(stub.asked[0]).toMatchObject({
      path: "/apis/vpcip.dev/v1alpha1/vpcips/10.0.0.7",
      headers: { authorization: "Bearer secret", accept: "application/json" },
    });
    expect([...stub.asked[0]!.query.keys()]).toEqual([]);
  });

  it("H32 takes the time from the API server's answers, not from a page of a proxy", async () => {
    const dated = { headers: { date: "Mon, 01 Jun 2026 12:00:00 GMT" } };
    await given({ status: 200, body: vpcIP, ...dated });
    const before = stub.cluster.reader.serverTime();
    await stub.stop();
    stub = await stubServer({ status: 200, body: PAGE, ...dated });
    await expect(stub.cluster.reader.getVpcIP("10.0.0.7")).rejects.toThrow();
    expect([before, stub.cluster.reader.serverTime()]).toEqual([Date.parse(dated.headers.date), undefined]);
  });
});

function text404(type: string): Reaction {
  return { status: 404, body: "404 page not found\n", headers: { "content-type": type } };
}
