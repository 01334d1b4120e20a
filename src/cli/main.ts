import { readFile } from "node:fs/promises";
import manifest from "../../package.json" with { type: "json" };
import { run } from "./program.ts";
import type { World } from "./world.ts";

// A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const world: World = {
  readFile: (path) => readFile(path),
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

process.exitCode = await run(process.argv.slice(2), world);
