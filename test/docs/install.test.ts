/** docs/install.md says of rights what the manifests grant. */
import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { EVERYBODY, IDENTITIES } from "../infra/rbac/identities.ts";
import { CHANGES } from "../infra/rbac/refused.ts";
import type { Request } from "../infra/rbac/request.ts";
import { ROOT, read, tablesOf } from "./pages.ts";

const PAGE = "docs/install.md";
const ORDER = ["create", "update", "patch", "delete"];

function rowOf({ group, resource, namespace, name }: Request): string {
  if (resource === "configmaps" && name !== undefined) return `configmap \`${name}\``;
  const isInside = namespace !== undefined && (group !== "vpcip.dev" || namespace === "vpcip-system");
  return isInside ? `${resource} in \`${namespace}\`` : resource;
}

test("its table of changes is the one that test/infra/rbac.test.ts holds against the manifests", () => {
  const rows = new Map<string, Map<string, string[]>>();
  for (const [change, ...may] of CHANGES) {
    const row = rows.get(rowOf(change)) ?? new Map<string, string[]>();
    rows.set(rowOf(change), row);
    for (const who of may) row.set(who, [...(row.get(who) ?? []), change.verb]);
  }
  const expected = [...rows].map(([object, row]) => [
    object,
    ...EVERYBODY.map((who) =>
      (row.get(who) ?? []).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)).join(", "),
    ),
  ]);
  const [table = []] = tablesOf(PAGE, "object");
  expect([...table].sort()).toEqual(expected.sort());
});

test("it tells by which name each is known", () => {
  const [table = []] = tablesOf(PAGE, "identity");
  expect(table.map(([, known]) => known)).toEqual(
    EVERYBODY.map((who) => {
      const { user, groups } = IDENTITIES[who];
      const [, , namespace, name] = user.split(":");
      return user.startsWith("system:")
        ? `ServiceAccount \`${name}\` in \`${namespace}\``
        : `group \`${groups[0]}\``;
    }),
  );
});

test("it applies what is there, the namespace first", () => {
  const [command = ""] = /kubectl apply .*/.exec(read(PAGE)) ?? [];
  const paths = [...command.matchAll(/-f (\S+)/g)].map(([, path = ""]) => path);
  expect(paths).toEqual(["infra/namespace.yaml", "infra/crds/", "infra/rbac/", "infra/admission/"]);
  expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});
