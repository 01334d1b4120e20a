import { describe, expect, test } from "@jest/globals";
import { maps, world } from "./builders.ts";

describe("who may do what in the Kubernetes simulator", () => {
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const tokens = { f: "functions", p: "person" };

  test("an unknown token is 401, no token is the anonymous user and 403", () => {
    const { call } = world({ access: { tokens } });
    expect(call("GET", maps, undefined, as("wrong"))).toMatchObject({
      status: 401,
      body: { reason: "Unauthorized", message: "Unauthorized" },
    });
    expect(call("GET", maps)).toMatchObject({
      status: 403,
      body: {
        message:
          'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
      },
    });
    expect(call("GET", maps, undefined, as("f")).status).toBe(200);
  });

  test("a rule allows its verbs on its resources and names, and nothing else", () => {
    const rules = [
      { user: "functions", verbs: ["get", "list"], resources: ["pods", "leases.coordination.k8s.io"] },
      {
        user: "functions",
        verbs: ["update"],
        resources: ["pods/status"],
        names: ["a"],
        namespaces: ["default"],
      },
    ];
    const { call } = world({ access: { tokens, rules } });
    const status = (method: string, path: string, token = "f") => call(method, path, {}, as(token)).status;
    expect(status("GET", "/api/v1/pods")).toBe(200);
    expect(status("GET", "/api/v1/pods", "p")).toBe(403);
    expect(status("GET", "/apis/coordination.k8s.io/v1/leases")).toBe(200);
    expect(status("GET", "/api/v1/pods?watch=1")).toBe(403);
    expect(status("DELETE", "/api/v1/namespaces/default/pods/a")).toBe(403);
    expect(status("PUT", "/api/v1/namespaces/default/pods/a/status")).not.toBe(403);
    expect(status("PUT", "/api/v1/namespaces/default/pods/b/status")).toBe(403);
    expect(status("GET", "/apis/unknown.dev/v1/things")).toBe(403);
    expect(status("GET", "/version")).toBe(200);
  });

  test("the 403 says what RBAC says", () => {
    const { body } = world({ access: { tokens, rules: [] } });
    expect(body("PUT", "/api/v1/namespaces/default/pods/x/status", {}, as("p"))).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message:
        'pods "x" is forbidden: User "person" cannot update resource "pods/status" in API group "" in the namespace "default"',
      reason: "Forbidden",
      details: { name: "x", kind: "pods" },
      code: 403,
    });
  });

  test("rights can be cut while it runs", () => {
    const { call, simulator } = world({ access: { tokens } });
    expect(call("GET", maps, undefined, as("f")).status).toBe(200);
    simulator.access = { tokens, rules: [] };
    expect(call("GET", maps, undefined, as("f")).status).toBe(403);
  });

  test("calls are counted by verb, resource and user, refused ones too", () => {
    const { call, simulator } = world({ access: { tokens } });
    simulator.calls.clear();
    call("GET", maps, undefined, as("f"));
    call("GET", `${maps}/a`, undefined, as("f"));
    call("GET", `${maps}?watch=1`, undefined, as("f"));
    call("POST", maps, { metadata: { name: "a" } }, as("p"));
    call("DELETE", `${maps}/zz`, undefined, as("p"));
    call("GET", "/apis/coordination.k8s.io/v1/leases", undefined, as("p"));
    expect(simulator.calls.byVerb()).toEqual({ LIST: 2, GET: 1, WATCH: 1, POST: 1, DELETE: 1 });
    expect(simulator.calls.byVerb({ user: "functions" })).toEqual({ LIST: 1, GET: 1, WATCH: 1 });
    expect(simulator.calls.byVerb({ resource: "leases.coordination.k8s.io" })).toEqual({ LIST: 1 });
  });
});
