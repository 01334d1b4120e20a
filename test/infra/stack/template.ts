import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Default?: unknown; readonly AllowedPattern?: string }>
  >;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Packaged {
  readonly template: Template;
  /** Names of the artefacts. */
  readonly files: readonly string[];
}

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Runs what `npm run package` runs, with no account to reach, into a directory of its own. */
export async function packaged(): Promise<Packaged> {
  const directory = await mkdtemp(path.join(tmpdir(), "package-"));
  try {
    await promisify(execFile)(
      process.execPath,
      [path.join(ROOT, "node_modules/osls/bin/serverless.js"), "package", "--package", directory],
      { cwd: ROOT, env: { PATH: process.env["PATH"], HOME: directory } },
    );
    const text = await readFile(path.join(directory, "cloudformation-template-update-stack.json"), "utf8");
    return { template: JSON.parse(text) as Template, files: await readdir(directory) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
