/** docs/deploy.md says of parameters and requests what there is. */
import { createRequire } from "node:module";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { cleanRequest } from "../../src/reclaimer/requests.ts";
import { read, tablesOf } from "./pages.ts";

const PAGE = "docs/deploy.md";
const { paramsOf } = createRequire(import.meta.url)("../../infra/stage.cjs") as {
  readonly paramsOf: (stage: string, folder: string) => Readonly<Record<string, string>>;
};

test("its table names every parameter with its default", () => {
  const [table = []] = tablesOf(PAGE, "parameter");
  const told = table.map(([name, value]) => [name?.replaceAll("`", ""), value?.replaceAll("`", "")]);
  expect(told).toEqual(Object.entries(paramsOf("nobody", "nowhere")));
});

test("its file says parameters that there are", () => {
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(read(PAGE)) ?? [];
  const names = Object.keys(parse(yaml) as object);
  expect(names).toEqual(expect.arrayContaining(["clusterName", "clusterUid", "vpcId"]));
  expect(Object.keys(paramsOf("nobody", "nowhere"))).toEqual(expect.arrayContaining(names));
});

test("its table of a request is what clean takes, and its example is one", () => {
  const [table = []] = tablesOf(PAGE, "in the request");
  expect(table.map(([name]) => name?.replaceAll("`", ""))).toEqual(Object.keys(cleanRequest.shape));
  const [, payload = ""] = /--payload '([^']+)'/.exec(read(PAGE)) ?? [];
  expect(cleanRequest.parse(JSON.parse(payload))).toMatchObject({ dryRun: true });
});
