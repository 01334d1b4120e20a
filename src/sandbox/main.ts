import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foldersOf } from "../../scripts/peers/folders.ts";
import { Missing } from "../../scripts/peers/progress.ts";
import { startForScenario } from "../../scripts/peers/run/for-scenario.ts";
import { runScenario } from "./engine/run.ts";
import { SIMULATORS } from "./engine/venue.ts";
import { realPeers } from "./peers/venue.ts";
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
const interrupted = new AbortController();
let venue = SIMULATORS;

// Simulators end with this process; real peers are others, and are ended first.
for (const [signal, code] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => {
    if (interrupted.signal.aborted) return;
    interrupted.abort(new Error("interrupted"));
    progress.clear();
    process.stderr.write("interrupted\n");
    void venue
      .close()
      .catch((error: unknown) => process.stderr.write(`npm start: ${String(error)}\n`))
      .finally(() => process.exit(code));
  });

/** Whatever a run puts into the temporary folder goes with the process, however that ends. */
function useOwnTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), "eni-reclaimer-"));
  process.env["TMPDIR"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

const PEERS = realPeers(() => startForScenario(foldersOf(process.env), process.env, interrupted.signal));

try {
  process.exitCode = await start(process.argv.slice(2), {
    scenarios: SCENARIOS,
    run(scenario, seed, tell, onPeers) {
      useOwnTemporaryFolder();
      if (onPeers) venue = PEERS;
      return runScenario(scenario, seed, tell, venue);
    },
    // What is interrupted has no outcome.
    out: (text) => void (interrupted.signal.aborted || process.stdout.write(text)),
    err: (text) => void process.stderr.write(text),
    layout: (wantsColour) => layoutFor(process.stdout, process.env, wantsColour),
    progress,
  });
} catch (error) {
  if (!interrupted.signal.aborted) {
    const isMissing = error instanceof Missing;
    const told = error instanceof Error ? (isMissing ? error.message : error.stack) : String(error);
    process.stderr.write(`npm start: ${isMissing ? "" : "the sandbox failed: "}${told}\n`);
    process.exitCode = isMissing ? EXIT.usage : EXIT.failed;
  }
}
