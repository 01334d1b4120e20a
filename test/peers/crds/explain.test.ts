import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { kubectlDoes } from "../kubectl.ts";
import { describeWhere, kubectlPeer } from "../peers.ts";
import { CRDS } from "./folder.ts";
import { installCRDs } from "./install.ts";
import { type Definition, fieldsOf } from "./schema.ts";

describeWhere(kubectlPeer)("kubectl explain, on a real API server", () => {
  beforeAll(installCRDs, 120_000);

  const definitions = readdirSync(CRDS).map(
    (file) => parse(readFileSync(join(CRDS, file), "utf8")) as Definition,
  );

  /** Words without line breaks: kubectl wraps. */
  const words = (text: string) => text.replace(/\s+/g, " ");

  test.each(definitions.map((definition) => [definition.spec.names.shortNames[0]!, definition] as const))(
    "%s names each field, and says of each what the CRD says",
    async (shortName, { spec }) => {
      const schema = spec.versions[0]!.schema.openAPIV3Schema;
      const recursive = await kubectlDoes(["explain", shortName, "--recursive"]);
      expect(words(recursive)).toContain(words(schema.description!));
      // One call for each object: it describes the fields directly under it.
      for (const [path, object] of fieldsOf(schema)) {
        const properties = Object.entries(object.items?.properties ?? object.properties ?? {});
        if (properties.length === 0 || path === "metadata") continue;
        const said = words(
          await kubectlDoes(["explain", [shortName, path].filter((part) => part !== "").join(".")]),
        );
        for (const [name, { description }] of properties) {
          expect(recursive).toContain(`${name}\t`);
          if (description !== undefined && path !== "") expect(said).toContain(words(description));
        }
      }
    },
    120_000,
  );
});
