import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buildLocalStack } from "../../scripts/peers/build/localstack.ts";
import { foldersOf } from "../../scripts/peers/folders.ts";
import { Instance } from "../../scripts/peers/run/instance.ts";
import { type LocalStack, startLocalStack } from "../../scripts/peers/run/localstack.ts";
import { identify, lives } from "../../scripts/peers/run/processes.ts";
import { awsBy, invoke } from "./deploy/aws.ts";
import { until } from "./kubectl.ts";
import { awsPeer, describeWhere, RUN } from "./peers.ts";

const START_MILLISECONDS = 240_000;
const ROLE = "arn:aws:iam::000000000000:role/any";
const CODE = `
let calls = 0;
export const handler = async (event, context) => {
  calls++;
  console.log("called", calls);
  if (event.do === "throw") throw new TypeError("as it was told");
  if (event.do === "exit") process.exit(3);
  if (event.do === "hang") await new Promise((resolve) => setTimeout(resolve, 600_000));
  if (event.do === "end") setTimeout(() => process.exit(4), 20);
  const left = context.getRemainingTimeInMillis();
  return { pid: process.pid, calls, left, env: process.env, node: process.version, id: context.awsRequestId };
};
`;

/** On a LocalStack of its own: it is killed at the end. */
describeWhere(awsPeer)("functions on LocalStack run as processes", () => {
  let folder: string | undefined;
  const starting = new AbortController();
  let instance: Instance;
  let localstack: LocalStack;
  let python: string;
  const aws = (...args: readonly string[]) => awsBy(localstack.cli, ...args);
  const call = (name: string, payload: object = {}) => invoke(name, payload, localstack.cli);

  async function makeFunction(name: string, code = CODE, variables: object = {}): Promise<void> {
    const cwd = folder ?? "";
    writeFileSync(join(cwd, "main.mjs"), code);
    const zip = join(cwd, `${name}.zip`);
    await promisify(execFile)(python, ["-m", "zipfile", "-c", zip, "main.mjs"], { cwd });
    const what = ["--runtime", "nodejs24.x", "--handler", "main.handler", "--role", ROLE];
    const environment = ["--environment", JSON.stringify({ Variables: variables })];
    const rest = ["--timeout", "2", "--zip-file", `fileb://${zip}`, ...environment];
    await aws("lambda", "create-function", "--function-name", name, ...what, ...rest);
    await aws("lambda", "wait", "function-active-v2", "--function-name", name);
  }

  beforeAll(async () => {
    const { builds, instances } = foldersOf(process.env);
    folder = mkdtempSync(join(tmpdir(), "executor-"));
    instance = Instance.begin(join(instances, `executor-${RUN}`));
    python = await buildLocalStack(builds, starting.signal);
    localstack = await startLocalStack(instance, python, starting.signal);
    await makeFunction("any", CODE, { TOLD: "this" });
  }, START_MILLISECONDS);
  afterAll(async () => {
    starting.abort();
    await instance?.end();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test("in the project's own Node, with Lambda's environment and what was told, and nothing of LocalStack's own", async () => {
    const { answer } = await call("any");
    expect(answer.node).toBe(process.version);
    expect(answer.env).toMatchObject({
      TOLD: "this",
      AWS_REGION: "eu-central-1",
      AWS_LAMBDA_FUNCTION_NAME: "any",
      AWS_ENDPOINT_URL: localstack.url,
      _HANDLER: "main.handler",
    });
    for (const name of [
      "LOCAL_FUNCTIONS_NODE",
      "GATEWAY_LISTEN",
      "HOME",
      "NODE_OPTIONS",
      "KUBERNETES_PEER_TOKEN",
    ])
      expect(answer.env).not.toHaveProperty(name);
    expect(answer.left).toBeGreaterThan(0);
    expect(answer.left).toBeLessThanOrEqual(2_000);
  }, 60_000);

  test("one process after another: memory stays between calls, also after one that failed", async () => {
    const { answer: first } = await call("any");
    const { said, answer: failed } = await call("any", { do: "throw" });
    expect(said.FunctionError).toBe("Unhandled");
    expect(failed).toMatchObject({ errorType: "TypeError", errorMessage: "as it was told" });
    const { answer: last } = await call("any");
    expect([last.pid, last.calls]).toEqual([first.pid, first.calls + 2]);
  }, 60_000);

  test.each([
    ["exit", "Runtime.ExitError"],
    ["hang", "Sandbox.Timedout"],
  ])(
    "in a new one after %s",
    async (what, errorType) => {
      const { answer: before } = await call("any");
      const { said, answer } = await call("any", { do: what });
      expect([said.FunctionError, answer.errorType]).toEqual(["Unhandled", errorType]);
      expect(identify("function", before.pid).began).toBe("");
      const { answer: after } = await call("any");
      expect(after.calls).toBe(1);
      expect(after.pid).not.toBe(before.pid);
    },
    60_000,
  );

  test("in a new one also where the last one ended between two calls", async () => {
    const { answer: before } = await call("any", { do: "end" });
    await until(async () => identify("function", before.pid).began === "");
    const { said, answer: after } = await call("any");
    expect([said.FunctionError, after.calls]).toEqual([undefined, 1]);
  }, 60_000);

  test("that say why they don't begin", async () => {
    await makeFunction("broken", "throw new Error('not like this');");
    const { said, answer } = await call("broken");
    expect([said.FunctionError, answer.errorMessage]).toEqual(["Unhandled", "not like this"]);
  }, 60_000);

  test("that ends with its function", async () => {
    await makeFunction("deleted");
    const { answer } = await call("deleted");
    const process = identify("function", answer.pid);
    expect(lives(process)).toBe(true);
    await aws("lambda", "delete-function", "--function-name", "deleted");
    await until(async () => !lives(process));
  }, 60_000);

  test("that ends with LocalStack, also where that is killed without a word", async () => {
    const { answer } = await call("any");
    const process = identify("function", answer.pid);
    expect(lives(process)).toBe(true);
    const state = JSON.parse(readFileSync(join(instance.folder, "state.json"), "utf8")) as {
      readonly processes: readonly { readonly pid: number }[];
    };
    // Only LocalStack itself: its group lives on.
    globalThis.process.kill(state.processes[0]?.pid ?? 0, "SIGKILL");
    await until(async () => !lives(process));
  }, 60_000);
});
