import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { kubeconfigOf } from "../kubeconfig.ts";

const require = createRequire(import.meta.url);
const settings = require("../../infra/esbuild.cjs") as () => BuildOptions & Record<string, unknown>;
const shakeAwsSchemas = require("../../infra/shake-aws-schemas.cjs") as Plugin;

const ROOT = path.resolve(import.meta.dirname, "../..");
const MEBIBYTE = 1024 * 1024;
// A bundler and three processes each: a busy machine needs more than the usual limit.
jest.setTimeout(60_000);
const run = promisify(execFile);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "bundles-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Bundles one function as `npm run package` does. */
async function bundled(name: string): Promise<string> {
  const { outputFileExtension, outputWorkFolder: _, exclude: __, ...options } = settings();
  const outfile = path.join(directory, `${name}${outputFileExtension as string}`);
  await build({
    ...(options as BuildOptions),
    entryPoints: [path.join(ROOT, `functions/${name}.ts`)],
    outfile,
    logLevel: "error",
  });
  return outfile;
}

/** What `typeof handler` is in a fresh process; the error's text where the bundle doesn't load. */
async function loaded(file: string, env: Record<string, string>): Promise<string> {
  const script = `try { process.stdout.write(typeof (await import(${JSON.stringify(file)})).handler) } catch (error) { process.stdout.write(error.message) }`;
  return (await run(process.execPath, ["--input-type=module", "-e", script], { env })).stdout;
}

describe.each(["collect", "reclaim", "clean"])("the bundle of %s", (name) => {
  test("is at most 1.5 MiB, brings all it needs, and starts in a right environment only", async () => {
    const file = await bundled(name);
    expect((await stat(file)).size).toBeLessThanOrEqual(1.5 * MEBIBYTE);
    const kubeconfig = path.join(directory, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigOf("https://127.0.0.1:1", "t"));
    const environment = {
      AWS_REGION: "eu-central-1",
      RECLAIMER_CLUSTER_NAME: "blue",
      RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
      RECLAIMER_QUEUE_URL: "http://127.0.0.1:1/queue",
      RECLAIMER_MIRROR_PARAMETER: "/mirror",
      RECLAIMER_KUBECONFIG: kubeconfig,
    };
    expect(await loaded(file, environment)).toBe("function");
    expect(await loaded(file, { ...environment, RECLAIMER_MODE: "on", RECLAIMER_TYPO: "1" })).toMatch(
      /has 2 problems:\n {2}RECLAIMER_MODE is "on".*\n {2}RECLAIMER_TYPO is not known/,
    );
  });
});

describe("shaking the schemas of AWS clients", () => {
  /** All schemas of a client, as text: equal texts mean equal schemas. */
  async function schemas(client: string, plugins: Plugin[]): Promise<string> {
    const outfile = path.join(directory, `${client}-${plugins.length}.mjs`);
    const source = path.join(ROOT, `node_modules/@aws-sdk/${client}/dist-es/schemas/schemas_0.js`);
    await build({
      stdin: { contents: `export * as all from ${JSON.stringify(source)}`, resolveDir: ROOT },
      bundle: true,
      platform: "node",
      format: "esm",
      minifySyntax: true,
      banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
      outfile,
      plugins,
      logLevel: "error",
    });
    const script = `const { all } = await import(${JSON.stringify(outfile)}); const text = (_, value) => typeof value === "function" ? "function" : value; process.stdout.write(JSON.stringify(all, text))`;
    return (await run(process.execPath, ["--input-type=module", "-e", script], { maxBuffer: 64 * MEBIBYTE }))
      .stdout;
  }

  test.each(["client-ec2", "client-sns", "client-sqs", "client-ssm"])(
    "changes none of %s",
    async (client) => {
      const [shaken, whole] = await Promise.all([schemas(client, [shakeAwsSchemas]), schemas(client, [])]);
      expect(whole.length).toBeGreaterThan(1_000);
      expect(shaken === whole).toBe(true);
    },
  );
});
