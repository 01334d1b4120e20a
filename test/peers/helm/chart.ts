import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { fullObject } from "../crds/full-object.ts";
import type { Definition } from "../crds/schema.ts";

export const CHART = fileURLToPath(new URL("../../../infra/chart/", import.meta.url));
const PREVIOUS = fileURLToPath(new URL("../crds/previous/v1alpha1-first/", import.meta.url));

const drafts: string[] = [];

/** A copy of the chart in which a test changes what it wants. */
export function otherChart(version: string, change: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "chart-"));
  drafts.push(folder);
  cpSync(CHART, folder, { recursive: true });
  replaceIn(join(folder, "Chart.yaml"), /^version: .*$/m, `version: ${version}`);
  change(folder);
  return folder;
}

export function replaceIn(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, "utf8");
  const replaced = text.replace(what, by);
  if (replaced === text) throw new Error(`${file}: nothing is like ${what}`);
  writeFileSync(file, replaced);
}

/** The chart as it would have been with the CRDs of before: fewer fields, and no word of how many. */
export const previousChart = (): string =>
  otherChart("0.0.9", (folder) => {
    rmSync(join(folder, "manifests/crds"), { recursive: true });
    cpSync(PREVIOUS, join(folder, "manifests/crds"), { recursive: true });
    // They had it from the start, else Helm would be told to delete them by a later version that drops one.
    for (const file of readdirSync(join(folder, "manifests/crds")))
      replaceIn(
        join(folder, "manifests/crds", file),
        /^metadata:$/m,
        "metadata:\n  annotations: { helm.sh/resource-policy: keep }",
      );
  });

/** One object of each kind, every field of the previous CRDs filled in. */
export const previousObjects = () =>
  readdirSync(PREVIOUS).map((file) =>
    fullObject(parse(readFileSync(join(PREVIOUS, file), "utf8")) as Definition),
  );

export function removeCharts(): void {
  for (const draft of drafts.splice(0)) rmSync(draft, { recursive: true, force: true });
}
