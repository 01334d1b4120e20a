import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { kubectl, kubectlDoes, read, until } from "../kubectl.ts";
import { describeWhere, kubectlPeer, RUN } from "../peers.ts";
import { CRDS } from "./folder.ts";
import { fullObject } from "./full-object.ts";
import { type Definition, fieldsOf } from "./schema.ts";

const PREVIOUS = join(import.meta.dirname, "previous");

const definitionsIn = (folder: string): readonly Definition[] =>
  readdirSync(folder)
    .sort()
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as Definition);

/** The same CRD in an API group of this run: other tests use the real one on the same server at the same time. */
function inGroup(definition: Definition, group: string): Definition {
  const { metadata, spec } = definition;
  return {
    ...definition,
    metadata: { ...metadata, name: `${spec.names.plural}.${group}` },
    spec: { ...spec, group },
  };
}

const current = definitionsIn(CRDS);

/** Each folder of previous/ holds the CRDs as they once were. A release adds one. */
describe.each(readdirSync(PREVIOUS))("an upgrade of the CRDs from %s", (version) => {
  const previous = definitionsIn(join(PREVIOUS, version));
  const kinds = previous.map((definition) => definition.spec.names.kind);
  const named = (definitions: readonly Definition[], kind: string) =>
    definitions.find(({ spec }) => spec.names.kind === kind)!;

  test.each(kinds)("%s keeps each field, its type, and what was optional", (kind) => {
    const schemas = [previous, current].map(
      (definitions) => new Map(fieldsOf(named(definitions, kind).spec.versions[0]!.schema.openAPIV3Schema)),
    );
    for (const [path, before] of schemas[0]!) {
      const after = schemas[1]!.get(path);
      expect([path, after?.type]).toEqual([path, before.type]);
      expect(before.required ?? []).toEqual(expect.arrayContaining([...(after?.required ?? [])]));
    }
  });

  test.each(kinds)(
    "%s has a greater schema number where a field came, by which a CRD is kept from going back",
    (kind) => {
      const schemas = [previous, current].map(
        (definitions) => named(definitions, kind).spec.versions[0]!.schema.openAPIV3Schema,
      );
      const [before, after] = schemas.map(({ title = "schema 0" }) =>
        Number(/^schema (\d+)$/.exec(title)?.[1]),
      );
      const [fields, more] = schemas.map((schema) => [...fieldsOf(schema)].length);
      expect(after).toBeGreaterThanOrEqual(before! + (more! > fields! ? 1 : 0));
    },
  );

  describeWhere(kubectlPeer)("on a real API server", () => {
    const group = `u${RUN}-${version}.test`;
    const resource = (kind: string) => `${named(previous, kind).spec.names.plural}.${group}`;
    const install = (definitions: readonly Definition[]) =>
      kubectlDoes(
        ["apply", "--server-side", "--filename=-"],
        ...definitions.map((definition) => inGroup(definition, group)),
      );
    const columnsOf = async (kind: string) =>
      (await kubectlDoes(["get", resource(kind), "--output=wide"])).split("\n")[0]!.split(/ {2,}/);
    const truth = async (kind: string) => {
      const { metadata, spec, status } = await read(resource(kind), "10.0.0.9");
      return { uid: metadata.uid, generation: metadata.generation, spec, status };
    };

    beforeAll(async () => {
      await install(previous);
      const names = kinds.map((kind) => `crd/${resource(kind)}`);
      await kubectlDoes(["wait", "--for=condition=Established", "--timeout=60s", ...names]);
      for (const kind of kinds) {
        const { status, ...object } = fullObject(inGroup(named(previous, kind), group));
        await until(
          async () => (await kubectl(["apply", "--server-side", "--filename=-"], object)).code === 0,
        );
        const patch = JSON.stringify({ status });
        await kubectlDoes([
          "patch",
          resource(kind),
          "10.0.0.9",
          "--subresource=status",
          "--type=merge",
          "-p",
          patch,
        ]);
      }
    }, 120_000);

    afterAll(async () => {
      await kubectlDoes(["delete", "--wait=false", "crd", ...kinds.map(resource)]);
    });

    test("loses no field of any object, and neither does the way back", async () => {
      const before = Object.fromEntries(
        await Promise.all(kinds.map(async (kind) => [kind, await truth(kind)] as const)),
      );
      for (const kind of kinds) {
        const { spec, status } = fullObject(named(previous, kind));
        expect(before[kind]).toMatchObject({ spec, status });
      }
      for (const definitions of [current, previous, current]) {
        await install(definitions);
        for (const kind of kinds) {
          // A column of the new version, where it has one of its own, tells that it is served by now.
          const wanted = (
            named(definitions, kind).spec.versions[0] as unknown as {
              additionalPrinterColumns: { name: string }[];
            }
          ).additionalPrinterColumns.map(({ name }) => name.toUpperCase());
          await until(async () => (await columnsOf(kind)).slice(1).join() === wanted.join());
          expect(await truth(kind)).toEqual(before[kind]);
        }
      }
    }, 120_000);

    test("an older CRD hides a field that only the newer knows, and a write then loses it: so none may go back", async () => {
      // What VpcIPClaims of that version don't know yet.
      if (version !== "v1alpha1-first") return;
      const kind = "VpcIPClaim";
      const { status: _, ...object } = fullObject(inGroup(named(current, kind), group));
      const [left, written] = ["10.0.0.10", "10.0.0.11"] as const;
      const field = async (name: string) =>
        (await read(resource(kind), name)).status?.detachedPodUID as unknown;
      const write = (name: string, status: object) =>
        kubectlDoes([
          ...["patch", resource(kind), name, "--subresource=status", "--type=merge"],
          ...["-p", JSON.stringify({ status })],
        ]);
      for (const name of [left, written]) {
        await kubectlDoes(["create", "--filename=-"], { ...object, metadata: { ...object.metadata, name } });
        await until(async () => {
          await write(name, { detachedPodUID: "a-pod" });
          return (await field(name)) === "a-pod";
        });
      }
      await install(previous);
      for (const name of [left, written]) await until(async () => (await field(name)) === undefined);
      await write(written, { nodeName: "node-b" });
      await install(current);
      await until(async () => (await field(left)) === "a-pod");
      expect(await field(written)).toBeUndefined();
    }, 120_000);

    test("leaves objects that are written again as they were", async () => {
      for (const kind of kinds) {
        const before = await truth(kind);
        await kubectlDoes(["annotate", resource(kind), "10.0.0.9", `peers.test/written=${Date.now()}`]);
        expect(await truth(kind)).toEqual(before);
      }
    });
  });
});
