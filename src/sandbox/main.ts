import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScenario } from "./engine/run.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { progressLine } from "./show/progress.ts";
import { EXIT, start } from "./show/start.ts";
import { layoutFor } from "./show/terminal.ts";

// A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const progress = progressLine(process.stderr);

// The servers are this process's own: they end with it.
for (const [signal, code] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.once(signal, () => {
    progress.clear();
    process.stderr.write("interrupted\n");
    process.exit(code);
  });

/** Whatever a run puts into the temporary folder goes with the process, however that ends. */
function useOwnTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), "eni-reclaimer-"));
  process.env["TMPDIR"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

try {
  process.exitCode = await start(process.argv.slice(2), {
    scenarios: SCENARIOS,
    run(...what) {
      useOwnTemporaryFolder();
      return runScenario(...what);
    },
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    layout: (wantsColour) => layoutFor(process.stdout, process.env, wantsColour),
    progress,
  });
} catch (error) {
  const told = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`npm start: the sandbox failed: ${told}\n`);
  process.exitCode = EXIT.failed;
}
