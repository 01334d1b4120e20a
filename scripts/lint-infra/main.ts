/**
 * Lints what a deploy would make: the packaged template by cfn-lint, each policy in it by parliament.
 *
 *   npm run lint:infra
 *
 * Exit 0: nothing is found. 1: something is, or a linter failed. 2: something is missing on the machine.
 */
import { packaged } from "../../test/infra/stack/template.ts";
import { buildInfraLint } from "../peers/build/infra-lint.ts";
import { foldersOf } from "../peers/folders.ts";
import { Missing } from "../peers/progress.ts";
import { ALLOWED } from "./allowed.ts";
import { policiesOf } from "./documents.ts";
import { judged } from "./judged.ts";
import { cfnLint, parliament } from "./linters.ts";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => interrupted.abort(new Error("interrupted")));

async function main(): Promise<number> {
  const python = await buildInfraLint(foldersOf(process.env).builds, interrupted.signal);
  const { template } = await packaged();
  interrupted.signal.throwIfAborted();
  const policies = policiesOf(template);
  const { wrong, lines } = judged([...cfnLint(python, template), ...parliament(python, policies)], ALLOWED);
  for (const line of lines) console.log(line);
  const { length } = Object.keys(policies);
  console.log(`1 template, ${length} policies: ${wrong === 0 ? "nothing is wrong" : `${wrong} findings`}`);
  return wrong === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`lint:infra: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = interrupted.signal.aborted ? 130 : error instanceof Missing ? 2 : 1;
}
