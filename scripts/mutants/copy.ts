import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** A copy of the product in a folder of its own, with the same installed packages: a mutant never touches the original. */
export class Copy {
  readonly root = mkdtempSync(join(tmpdir(), "mutants-"));

  constructor() {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
    })
      .split("\0")
      .filter((file) => file !== "" && existsSync(join(ROOT, file)));
    for (const file of files) {
      const target = join(this.root, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(ROOT, file), target);
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
  }

  /**
   * Puts one text for another in a file.
   *
   * @returns how to undo it
   * @throws RangeError where the text doesn't stand there exactly once
   */
  edit(file: string, find: string, replace: string): () => void {
    const path = join(this.root, file);
    const text = readFileSync(path, "utf8");
    const parts = text.split(find).length - 1;
    if (parts !== 1) throw new RangeError(`${file} has the text to be changed ${parts} times: name it anew`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
    return () => writeFileSync(path, text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
