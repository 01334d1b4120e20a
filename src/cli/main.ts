import { readFile } from "node:fs/promises";
import path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { failure, run } from "./program.ts";
import { startFolder } from "./start-folder.ts";
import { EXIT, type World } from "./world.ts";

let failed = false;

/** One sentence on standard error and exit 4: exit 1 is an answer, and no failure may look like one. */
function fail(error: unknown): void {
  if (!failed) process.stderr.write(failure(error));
  failed = true;
  process.exitCode = EXIT.failed;
}

process.on("uncaughtException", fail);
// A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") fail(error);
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  failed = true;
  process.exitCode = EXIT.failed;
});

const world: World = {
  readFile: (file) => readFile(path.resolve(startFolder(process.env, process.cwd()), file)),
  async readStandardInput() {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  now: () => Date.now(),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  // https://no-color.org: any value that is not empty
  colour: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
  version: manifest.version,
};

const code = await run(process.argv.slice(2), world);
// A failed write is told later than the write returns.
process.exitCode = failed ? EXIT.failed : code;
