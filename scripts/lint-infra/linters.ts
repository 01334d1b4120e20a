import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Template } from "../../test/infra/stack/template.ts";
import { POLICIES_CHECK } from "../peers/build/infra-lint.ts";
import type { Documents } from "./documents.ts";

/** One thing that a linter says. */
export interface Finding {
  readonly linter: "cfn-lint" | "parliament";
  /** Its number or name. */
  readonly issue: string;
  /** Where, and what. */
  readonly says: string;
}

/** One Region of each partition that the stack is meant for. */
const REGIONS = ["eu-central-1", "cn-north-1", "us-gov-west-1"];

/** @param python one that has the linters */
export function cfnLint(python: string, template: Template): readonly Finding[] {
  const folder = mkdtempSync(join(tmpdir(), "lint-infra-"));
  try {
    const file = join(folder, "template.json");
    writeFileSync(file, JSON.stringify(template));
    const output = outputOf(python, [
      "-c",
      "from cfnlint.runner import main; main()",
      "--format",
      "json",
      "--regions",
      ...REGIONS,
      "--template",
      file,
    ]);
    const matches = JSON.parse(output || "[]") as readonly {
      readonly Rule: { readonly Id: string };
      readonly Message: string;
      readonly Location: { readonly Path: readonly (string | number)[] | null };
    }[];
    return matches.map(({ Rule, Message, Location }) => ({
      linter: "cfn-lint",
      issue: Rule.Id,
      says: `${(Location.Path ?? []).join("/")}: ${Message}`,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param python one that has the linters */
export function parliament(python: string, documents: Documents): readonly Finding[] {
  const found = JSON.parse(outputOf(python, [POLICIES_CHECK], JSON.stringify(documents))) as readonly {
    readonly policy: string;
    readonly sid: string;
    readonly issue: string;
    readonly detail: string;
  }[];
  return found.map(({ policy, sid, issue, detail }) => ({
    linter: "parliament",
    issue,
    says: `${policy}, ${sid}: ${detail}`,
  }));
}

/** Findings are told by the exit status as well (cfn-lint: a sum of 2, 4 and 8): only what can't be read is a failure. */
function outputOf(python: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync(python, args, {
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status === null || status === 1 || status > 14) throw new Error(`${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}
