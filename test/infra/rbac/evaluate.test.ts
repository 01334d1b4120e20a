/** The evaluator itself, by what Kubernetes' page "Using RBAC Authorization" says. */
import { describe, expect, test } from "@jest/globals";
import { grantsOf, isGranted } from "./evaluate.ts";
import type { Manifest, Rule } from "./manifests.ts";
import type { Request } from "./request.ts";

const ANN = { user: "ann", groups: ["team"] };
const pods: Rule = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };

function role(kind: "Role" | "ClusterRole", rule: Partial<Rule> = {}): Manifest {
  const metadata = kind === "Role" ? { name: "r", namespace: "a" } : { name: "r" };
  return { apiVersion: "v1", kind, metadata, rules: [{ ...pods, ...rule }] };
}

function binding(
  kind: "RoleBinding" | "ClusterRoleBinding",
  to: string,
  more: Partial<Manifest> = {},
): Manifest {
  const metadata = kind === "RoleBinding" ? { name: "b", namespace: "a" } : { name: "b" };
  const subjects = [{ kind: "Group", name: "team" } as const];
  return { apiVersion: "v1", kind, metadata, roleRef: { kind: to, name: "r" }, subjects, ...more };
}

const get = (more: Partial<Request> = {}): Request => ({
  verb: "get",
  group: "",
  resource: "pods",
  namespace: "a",
  name: "web",
  ...more,
});

const may = (manifests: readonly Manifest[], request: Request): boolean =>
  isGranted(grantsOf(manifests, ANN), request);

describe("a rule", () => {
  test("allows its verb on its resource, and no other verb, resource, group or subresource", () => {
    const all = [role("ClusterRole"), binding("ClusterRoleBinding", "ClusterRole")];
    expect(may(all, get())).toBe(true);
    for (const other of [
      { verb: "list" },
      { resource: "nodes" },
      { group: "apps" },
      { resource: "pods/exec" },
    ])
      expect(may(all, get(other))).toBe(false);
  });

  test("with names allows those, and never a request without a name", () => {
    const all = [role("ClusterRole", { resourceNames: ["web"], verbs: ["get", "list", "create"] })];
    const bound = [...all, binding("ClusterRoleBinding", "ClusterRole")];
    expect(may(bound, get())).toBe(true);
    expect(may(bound, get({ name: "db" }))).toBe(false);
    for (const verb of ["list", "create"]) expect(may(bound, get({ verb, name: undefined }))).toBe(false);
  });

  test("with a star allows whatever stands there", () => {
    const all = [
      role("ClusterRole", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
      binding("ClusterRoleBinding", "ClusterRole"),
    ];
    expect(may(all, get({ verb: "escalate", group: "apps", resource: "pods/exec" }))).toBe(true);
    const scale = [
      role("ClusterRole", { resources: ["*/scale"] }),
      binding("ClusterRoleBinding", "ClusterRole"),
    ];
    expect(may(scale, get({ resource: "pods/scale" }))).toBe(true);
    expect(may(scale, get())).toBe(false);
  });
});

describe("a binding", () => {
  test("in a namespace allows there alone, also where it binds a ClusterRole", () => {
    for (const kind of ["Role", "ClusterRole"] as const) {
      const all = [role(kind), binding("RoleBinding", kind)];
      expect(may(all, get())).toBe(true);
      expect(may(all, get({ namespace: "b" }))).toBe(false);
      expect(may(all, get({ namespace: undefined, verb: "get" }))).toBe(false);
    }
  });

  test("is for its subjects alone", () => {
    const named = (kind: "User" | "Group", name: string) =>
      binding("ClusterRoleBinding", "ClusterRole", { subjects: [{ kind, name }] });
    expect(may([role("ClusterRole"), named("User", "ann")], get())).toBe(true);
    expect(may([role("ClusterRole"), named("User", "team")], get())).toBe(false);
    expect(may([role("ClusterRole"), named("Group", "ann")], get())).toBe(false);
  });
});
