import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Missing } from "../progress.ts";
import { outputOf } from "./command.ts";

export interface Python {
  readonly command: string;
  readonly version: string;
}

/** LocalStack runs on these: 3.11 installs it, says Ready, and fails at the first call. The linters are pinned on them too. */
const WANTED = ["3.13", "3.12"];

/** A Python that can make virtual environments: on the PATH, of pyenv, or of uv. Throws {@link Missing} where there is none. */
export function findPython(forWhat = "LocalStack"): Python {
  const bare: string[] = [];
  for (const command of candidates()) {
    const version = outputOf(command, ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]);
    if (version === undefined || !WANTED.some((wanted) => version.startsWith(`${wanted}.`))) continue;
    if (outputOf(command, ["-c", "import venv, ensurepip, ssl"]) !== undefined) return { command, version };
    bare.push(version);
  }
  const [first] = bare;
  throw new Missing(
    first === undefined
      ? `Python 3.13 or 3.12 is missing, which ${forWhat} needs: install it by apt-get install python3.13 python3.13-venv, pyenv install 3.13, or uv python install 3.13.`
      : `Python ${first} is there but can't make virtual environments, which ${forWhat} needs: apt-get install python${first.replace(/\.\d+$/, "")}-venv.`,
  );
}

function* candidates(): Generator<string> {
  // A shim of pyenv is on the PATH also where its version is not switched on: it fails then, and the version is found below.
  for (const version of WANTED) yield `python${version}`;
  yield "python3";
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(pyenv) ? readdirSync(pyenv).sort().reverse() : [];
  for (const version of installed) yield join(pyenv, version, "bin/python");
  for (const version of WANTED) {
    const found = outputOf("uv", ["python", "find", version]);
    if (found !== undefined) yield found;
  }
}
