import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { awsCliPeer } from "../peers.ts";

/** Nobody else's objects are in it: LocalStack keeps regions apart. */
export const REGION = "eu-central-1";

/** Runs the real AWS CLI as a person would: what it prints, parsed. Throws, with what it says, where it fails. */
// biome-ignore lint/suspicious/noExplicitAny: the answer as the service gives it.
export const aws = (...args: readonly string[]): Promise<any> => awsBy(awsCliPeer, ...args);

/** The same with another CLI. */
// biome-ignore lint/suspicious/noExplicitAny: the answer as the service gives it.
export async function awsBy(cli: string | undefined, ...args: readonly string[]): Promise<any> {
  if (cli === undefined) throw new Error("there is no AWS CLI");
  const env = { PATH: process.env["PATH"], AWS_DEFAULT_REGION: REGION };
  const options = { env, maxBuffer: 2 ** 24 };
  const { stdout } = await promisify(execFile)(cli, [...args, "--output", "json"], options);
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}

export interface Invoked {
  /** What Lambda says of the invocation, e.g. FunctionError. */
  readonly said: { readonly StatusCode: number; readonly FunctionError?: string };
  /** What the function answered. */
  // biome-ignore lint/suspicious/noExplicitAny: the function's own.
  readonly answer: any;
}

/** `aws lambda invoke`. */
export async function invoke(name: string, payload: object, cli = awsCliPeer): Promise<Invoked> {
  const folder = await mkdtemp(join(tmpdir(), "invoke-"));
  try {
    const file = join(folder, "answer.json");
    const args = ["--function-name", name, "--payload", JSON.stringify(payload), file];
    const said = await awsBy(cli, "lambda", "invoke", ...args);
    return { said, answer: JSON.parse(await readFile(file, "utf8")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
