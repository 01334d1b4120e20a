import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { describeWhere, helmPeer } from "../peers.ts";

const CHART = fileURLToPath(new URL("../../../infra/chart/", import.meta.url));

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const objectsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).flatMap((one) => (one.toJS() as Manifest | null) ?? []);

const keyOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
const sorted = (objects: readonly Manifest[]) => [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** What kubectl applies. */
const plain = ["crds", "rbac", "admission"].flatMap((folder) =>
  readdirSync(join(CHART, "manifests", folder)).flatMap((file) =>
    objectsIn(readFileSync(join(CHART, "manifests", folder, file), "utf8")),
  ),
);

describeWhere(helmPeer)("the chart, rendered by the real Helm", () => {
  const template = (chart: string, ...args: string[]) =>
    spawnSync(helmPeer ?? "", ["template", "eni-reclaimer", chart, "--namespace=vpcip-system", ...args], {
      encoding: "utf8",
    });

  test("has nothing that helm lint would change", () => {
    const { status, stdout } = spawnSync(
      helmPeer ?? "",
      ["lint", "--strict", CHART, "--namespace=vpcip-system"],
      {
        encoding: "utf8",
      },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining("1 chart(s) linted, 0 chart(s) failed")]);
  });

  test("is, object by object, what kubectl applies, but for the namespace, which --create-namespace makes", () => {
    const { status, stdout, stderr } = template(CHART);
    expect([status, stderr]).toEqual([0, ""]);
    const rendered = objectsIn(stdout);
    expect(sorted(rendered)).toEqual(sorted(plain));
    expect(new Set(rendered.map(keyOf)).size).toBe(rendered.length);
    const [namespace, ...others] = objectsIn(readFileSync(join(CHART, "manifests/namespace.yaml"), "utf8"));
    expect([namespace, others]).toEqual([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "vpcip-system" } },
      [],
    ]);
  });

  test("leaves the CRDs, and nothing else, to whoever applies them where crds.install is false", () => {
    expect(sorted(objectsIn(template(CHART, "--set=crds.install=false").stdout))).toEqual(
      sorted(plain.filter(({ kind }) => kind !== "CustomResourceDefinition")),
    );
  });

  describe("refuses, in a sentence,", () => {
    test.each([
      [
        "a value of a wrong type",
        ["--set-string=crds.install=yes"],
        /at '\/crds\/install': got string, want boolean/,
      ],
      [
        "a misspelt value",
        ["--set=crds.instal=true"],
        /at '\/crds': additional properties 'instal' not allowed/,
      ],
      ["a value that there isn't", ["--set=namespace=mine"], /additional properties 'namespace' not allowed/],
      [
        "another namespace",
        ["--namespace=default"],
        /the namespace is default: .* say --namespace vpcip-system/,
      ],
      [
        "a Kubernetes that is too old",
        ["--kube-version=1.31.9"],
        /requires kubeVersion: >=1\.32\.0-0 which is incompatible/,
      ],
    ])("%s", (_what, args, why) => {
      const { status, stdout, stderr } = template(CHART, ...args);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(why);
    });

    test("a chart that was packed without its manifests", () => {
      const folder = mkdtempSync(join(tmpdir(), "chart-"));
      try {
        cpSync(CHART, folder, { recursive: true });
        rmSync(join(folder, "manifests/rbac"), { recursive: true });
        expect(template(folder).stderr).toContain("manifests/rbac/ is not in this chart");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});

describe("the chart", () => {
  const version = (text: string, key: string) => new RegExp(`^${key}: (\\S+)$`, "m").exec(text)?.[1];

  test("has the version of the package", () => {
    const text = readFileSync(join(CHART, "Chart.yaml"), "utf8");
    const { version: own } = JSON.parse(
      readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8"),
    ) as { version: string };
    expect([version(text, "version"), version(text, "appVersion")]).toEqual([own, own]);
  });

  test("has Helm keep what records and what guards records, and take nothing but rights", () => {
    const kept = plain.filter(
      ({ metadata }) =>
        (metadata as { annotations?: Record<string, string> }).annotations?.["helm.sh/resource-policy"] ===
        "keep",
    );
    const kinds = (objects: readonly Manifest[]) => [...new Set(objects.map(({ kind }) => kind))].sort();
    expect(kinds(kept)).toEqual([
      "CustomResourceDefinition",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ]);
    expect(kinds(plain.filter((one) => !kept.includes(one)))).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
      "Role",
      "RoleBinding",
      "ServiceAccount",
    ]);
  });
});
