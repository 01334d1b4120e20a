import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEndpoint } from "../../adapters/aws/endpoint.ts";
import { awsPeer, RUN } from "../peers.ts";
import { aws, REGION } from "./aws.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** One of its own for each run. */
export const STAGE = `t${RUN}`;
export const STACK = `eni-reclaimer-${STAGE}`;

export type Told = Readonly<Record<string, string>>;

/** `npm run deploy`, as a person types it: only where AWS is and who one is there differ. */
export async function deploy(told: Told): Promise<void> {
  known = undefined;
  await npmRun(
    "deploy",
    Object.entries(told).map(([name, value]) => `--param=${name}=${value}`),
  );
}

/**
 * `npm run remove`. The framework also looks for a repository of container images, and LocalStack's community edition has no
 * ECR: a stand-in answers as AWS does for an account that has none (ECR API Reference, DescribeRepositories).
 */
export async function remove(): Promise<void> {
  const ecr = await startEndpoint(Date.now, () => ({
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify({ __type: "RepositoryNotFoundException", message: "no such repository" }),
  }));
  try {
    await npmRun("remove", [], { AWS_ENDPOINT_URL_ECR: ecr.url });
  } finally {
    await ecr.stop();
  }
}

async function npmRun(script: string, more: readonly string[], endpoints: Told = {}): Promise<void> {
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    AWS_ENDPOINT_URL: awsPeer,
    ...endpoints,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    // How often the framework looks whether CloudFormation is done, instead of every 5 s.
    SLS_AWS_MONITORING_FREQUENCY: "500",
  };
  const args = ["run", "--silent", script, "--", "--stage", STAGE, ...more];
  try {
    await promisify(execFile)("npm", args, { cwd: ROOT, env });
  } catch (error) {
    // What went wrong is said on standard output.
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`npm ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A resource of the stack as CloudFormation tells of it. */
export interface Deployed {
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
}

let known: Promise<readonly Deployed[]> | undefined;

/** What the stack has since the last deploy. */
export function deployed(): Promise<readonly Deployed[]> {
  const asked = ["--stack-name", STACK];
  known ??= aws("cloudformation", "list-stack-resources", ...asked).then(
    ({ StackResourceSummaries }) => StackResourceSummaries,
  );
  return known;
}

/** The physical ID of a resource by its name in the template. */
export async function idOf(name: string): Promise<string> {
  const found = (await deployed()).find(({ LogicalResourceId }) => LogicalResourceId === name);
  if (found === undefined) throw new Error(`the stack has no ${name}`);
  return found.PhysicalResourceId;
}

export const functionName = (name: "collect" | "reclaim" | "clean"): string => `${STACK}-${name}`;
