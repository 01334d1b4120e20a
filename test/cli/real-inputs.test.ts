import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { cnictl } from "./worlds.ts";

/** Dumps of real clusters, published by others; they are not part of the repository. */
const INPUTS = path.resolve(import.meta.dirname, "../../../shared/inputs");
const there = existsSync(INPUTS);
if (!there) console.warn(`skipped: the real-world inputs are not in ${INPUTS}`);
const real = there ? describe : describe.skip;

const INTERFACES = [
  "eks-nodes.json",
  "control-plane-interface.json",
  "service-interfaces.json",
  "prefixes.json",
  "detached-with-secondary.json",
  "botocore-responses-ec2-describe-network-interfaces.expected.json",
];
const PODS = ["pods.json", "argo-pod-deletion.yaml", "argo-pod-succeeded.yaml"];

async function onInputs(
  command: readonly string[],
  interfaces: readonly string[],
  pods: readonly string[],
  more: readonly string[] = [],
) {
  const names = new Set([...interfaces, ...pods, ...more.filter((name) => name.endsWith(".json"))]);
  const files = Object.fromEntries(
    await Promise.all(
      [...names].map(async (name) => [name, await readFile(path.join(INPUTS, name))] as const),
    ),
  );
  const flags = [
    ...interfaces.flatMap((name) => ["--interfaces", name]),
    ...pods.flatMap((name) => ["--pods", name]),
  ];
  const { code, out, err } = await cnictl([...command, ...flags, ...more, "-o", "json"], files);
  expect(err).toBe("");
  return { code, document: JSON.parse(out) };
}

real("real-world dumps", () => {
  test.each(INTERFACES.flatMap((one) => PODS.map((pods) => [one, pods] as const)))(
    "%s with %s: nothing is released, deleted, held back or unknown",
    async (interfaces, pods) => {
      const { code, document } = await onInputs(["plan"], [interfaces], [pods]);
      expect(code).toBe(0);
      expect(document.totals).toMatchObject({ released: 0, orphansDeleted: 0, heldBack: 0, unknown: 0 });
    },
  );

  test("joined, every address looks idle: nothing is released, and the mix is named", async () => {
    const { code, document } = await onInputs(["plan"], INTERFACES, ["pods.json"], ["--nodes", "nodes.json"]);
    expect(code).toBe(0);
    expect(document.totals).toMatchObject({
      released: 0,
      orphansDeleted: 0,
      heldBack: 0,
      unknown: 0,
      nodes: 5,
    });
    expect(document.warnings[0]).toContain("these look like dumps of different clusters");
    expect(document.keptByReason).toEqual({ "foreign-node": 171, "not-ours": 17 });
  });

  test("a nodes' dump: 168 addresses of 3 nodes, foreign", async () => {
    const { document } = await onInputs(["plan"], ["eks-nodes.json"], ["pods.json"]);
    expect(document.totals).toMatchObject({ interfaces: 12, addresses: 168, nodes: 3, kept: 168 });
    expect(document.keptByReason).toEqual({ "foreign-node": 168 });
    expect(document.nodes.map(({ addresses }: { addresses: number }) => addresses)).toEqual([56, 56, 56]);
  });

  test("interfaces of services are somebody else's, by what EC2 says", async () => {
    const { document } = await onInputs(
      ["plan"],
      ["service-interfaces.json", "control-plane-interface.json"],
      ["pods.json"],
    );
    const kinds = document.interfaces
      .filter(({ whose }: { whose: string }) => whose === "service")
      .map(({ kind }: { kind: string }) => kind)
      .sort();
    const two = (kind: string) => [kind, kind];
    expect(kinds).toEqual([
      "eks-control-plane",
      ...two("nat-gateway"),
      ...two("transit-gateway"),
      ...two("vpc-endpoint"),
    ]);
    expect(document.kept).toEqual([]);
  });

  test("a prefix is sixteen addresses of nobody's interface", async () => {
    const { document } = await onInputs(["explain", "10.0.0.213"], ["prefixes.json"], ["pods.json"]);
    expect(document.stories).toEqual([
      expect.objectContaining({ role: "prefix-member", prefix: "10.0.0.208/28", reason: "not-ours" }),
    ]);
  });

  test("a terminating Pod has its address, a finished one that shows the same has not", async () => {
    const asked = ["explain", "172.17.0.9"];
    const dying = await onInputs(asked, ["eks-nodes.json"], ["argo-pod-deletion.yaml"]);
    expect(dying.document.stories[0].lookedAt).toContainEqual(
      expect.objectContaining({ at: "Pod", accounts: true }),
    );
    const done = await onInputs(asked, ["eks-nodes.json"], ["argo-pod-succeeded.yaml"]);
    expect(done.document.stories[0].lookedAt).toContainEqual(
      expect.objectContaining({ at: "Pod", accounts: false }),
    );
  });

  test("every file, given to every flag, is read or refused in one sentence", async () => {
    const names = (await readdir(INPUTS)).sort();
    const files = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(path.join(INPUTS, name))] as const)),
    );
    for (const name of names)
      for (const flag of ["interfaces", "pods", "nodes", "vips", "claims", "necs", "instances"]) {
        const others = [
          ["interfaces", "eks-nodes.json"],
          ["pods", "pods.json"],
        ].filter(([one]) => one !== flag);
        const { code, out, err } = await cnictl(
          ["plan", `--${flag}`, name, ...others.flatMap(([one, file]) => [`--${one}`, file as string])],
          files,
        );
        if (code === 0) expect(err).toBe("");
        else {
          expect({ code, out, name, flag }).toEqual({ code: 2, out: "", name, flag });
          expect(err).toMatch(/^cnictl: [^\n]+\n$/);
          expect(err).toContain(name);
        }
      }
  });
});
