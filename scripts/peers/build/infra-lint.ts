import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "../progress.ts";
import { cached } from "./cached.ts";
import { run } from "./command.ts";
import { findPython } from "./python.ts";

const RECIPE = join(import.meta.dirname, "../recipes/infra-lint");
const CFN_LINT = "1.58.0";

/** Asks parliament about policies, with the folder's Python. */
export const POLICIES_CHECK = join(RECIPE, "policies.py");

/** Installs cfn-lint and parliament in a virtual environment, each file by its hash; returns its Python. */
export async function buildInfraLint(builds: string, signal: AbortSignal): Promise<string> {
  const requirements = join(RECIPE, "requirements.txt");
  const folder = await cached(builds, {
    name: `cfn-lint-${CFN_LINT}`,
    key: [readFileSync(requirements, "utf8")],
    async make(draft) {
      const { command, version } = findPython("cfn-lint");
      say(`installing cfn-lint ${CFN_LINT} and parliament for Python ${version} (a minute, once)`);
      await run(command, ["-m", "venv", draft], { signal });
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
      await run(join(draft, "bin/python"), [...pip, "--require-hashes", "--requirement", requirements], {
        signal,
      });
    },
  });
  return join(folder, "bin/python");
}
