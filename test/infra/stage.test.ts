import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

type Parameters = Readonly<Record<string, string>>;
interface Stage {
  (asked: {
    readonly options: { readonly stage?: string | null; readonly param?: string[] | null };
  }): Parameters;
  readonly paramsOf: (stage: string, folder: string) => Parameters;
}

const ofCommandLine = createRequire(import.meta.url)("../../infra/stage.cjs") as Stage;
const { paramsOf } = ofCommandLine;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stages-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (stage: string, text: string) => writeFileSync(join(folder, `${stage}.yml`), text);

test("a stage has what its file says, as texts, and defaults for the rest", () => {
  write("blue", "clusterName: blue\nmarkAgeSeconds: 600\nalarmEmail:\n");
  expect(paramsOf("blue", folder)).toEqual({
    ...paramsOf("nobody", folder),
    clusterName: "blue",
    markAgeSeconds: "600",
  });
});

test("a stage keeps out of another's file", () => {
  write("blue", "clusterName: blue\n");
  expect(paramsOf("green", folder)["clusterName"]).toBe("");
});

test("a file may be empty", () => {
  write("blue", "# nothing yet\n");
  expect(paramsOf("blue", folder)).toEqual(paramsOf("nobody", folder));
});

test("a misspelt parameter is refused, in the file and on the command line, and the right ones are named", () => {
  write("blue", "mod: release\n");
  expect(() => paramsOf("blue", folder)).toThrow(/blue\.yml says mod, .* mode,/);
  const said = (param: string[]) => () => ofCommandLine({ options: { stage: "nobody", param } });
  expect(said(["vpcId=vpc-1", "clustername=blue"])).toThrow(/--param says clustername, .* clusterName,/);
  expect(said(["vpcId=vpc-1"])).not.toThrow();
});

test("verbs without parameters and without a stage work", () => {
  expect(ofCommandLine({ options: { stage: null, param: null } })).toEqual(paramsOf("dev", "nowhere"));
});
