import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "../progress.ts";
import { cached } from "./cached.ts";
import { run } from "./command.ts";
import { findPython } from "./python.ts";

const RECIPE = join(import.meta.dirname, "../recipes/localstack");
const VERSION = "4.14.0";

/** Starts LocalStack with the folder's Python. */
export const LOCALSTACK_START = join(RECIPE, "start.py");

/** Installs LocalStack in a virtual environment; returns its Python. */
export async function buildLocalStack(builds: string, signal: AbortSignal): Promise<string> {
  const requirements = join(RECIPE, "requirements.txt");
  const folder = await cached(builds, {
    name: `localstack-${VERSION}`,
    key: [readFileSync(requirements, "utf8")],
    async make(draft) {
      const { command, version } = findPython();
      say(`installing LocalStack ${VERSION} for Python ${version} (minutes, once)`);
      await run(command, ["-m", "venv", draft], { signal });
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
      // Scripts in bin/ would name the draft's folder; nothing but bin/python is used, which may be moved.
      await run(join(draft, "bin/python"), [...pip, "--requirement", requirements], { signal });
    },
  });
  return join(folder, "bin/python");
}
