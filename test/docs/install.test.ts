/** docs/install.md says of rights what the manifests grant. */
import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { freeze, REMOVAL } from "../../scripts/uninstall/steps.ts";
import { EXIT } from "../../scripts/uninstall/uninstall.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";
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

test("kubectl applies what is there, the namespace first: all of the chart's manifests", () => {
  const [command = ""] = /kubectl apply .*/.exec(read(PAGE).replaceAll("\\\n", " ")) ?? [];
  const paths = [...command.matchAll(/-f (\S+)/g)].map(([, path = ""]) => path);
  const manifests = "infra/chart/manifests/";
  expect(paths).toEqual(["namespace.yaml", "crds/", "rbac/", "admission/"].map((part) => manifests + part));
  expect(readdirSync(new URL(manifests, ROOT)).sort()).toEqual([
    "admission",
    "crds",
    "namespace.yaml",
    "rbac",
  ]);
});

test("its steps of an uninstall are those of the command, in its order", () => {
  const [, section = ""] = read(PAGE).split("## Uninstalling");
  const steps = [...section.matchAll(/^\d\. (?:The )?(\w+)/gm)].map(([, word]) => word);
  expect(steps).toEqual(["Freeze", "Drain", "rights", "Finalizers", "policies"]);
  const words = [/^freeze/, /rights/, /finalizers/, /policies/, /CRDs/, /namespace/];
  const whats = [freeze, ...REMOVAL].map(({ what }) => what);
  expect(whats.map((what) => words.findIndex((word) => word.test(what)))).toEqual(words.map((_, at) => at));
  expect(section).toContain(`of the last ${DEFAULT_SETTINGS.tombstoneSeconds / 60} minutes`);
  expect(section).toContain(`(exit code ${EXIT.refused})`);
});

test("its commands and flags of Helm and npm exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, name = ""] of read(PAGE).matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty([name]);
  for (const [, path = ""] of read(PAGE).matchAll(/helm upgrade --install eni-reclaimer (\S+)/g))
    expect(existsSync(new URL(`${path}/Chart.yaml`, ROOT))).toBe(true);
  const [policy] = /guarded-records\.vpcip\.dev/.exec(read(PAGE)) ?? [];
  expect(read("infra/chart/manifests/admission/guarded-records.yaml")).toContain(`name: ${policy}`);
});
