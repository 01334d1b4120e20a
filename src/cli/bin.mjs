#!/usr/bin/env node
// Starts the built command. In a clone (`npm install -g .` links it) it is built when it is missing or older than its source.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const built = new URL("dist/cnictl.mjs", root);
const source = new URL("src/cli/main.ts", root);

/** The latest change below a folder, in milliseconds. */
function changed(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .reduce(
      (latest, entry) =>
        Math.max(latest, statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).mtimeMs),
      0,
    );
}

function isStale() {
  if (!existsSync(source)) return false;
  if (!existsSync(built)) return true;
  return changed(fileURLToPath(new URL("src", root))) > statSync(built).mtimeMs;
}

if (isStale()) {
  const builder = fileURLToPath(new URL("scripts/build-cli.mjs", root));
  const { status } = spawnSync(process.execPath, [builder], { stdio: ["ignore", 2, 2] });
  // 1 would be an answer (drift): 4 is "failed".
  if (status !== 0 && !existsSync(built)) process.exit(4);
}
try {
  await import(built.href);
} catch (error) {
  console.error(`cnictl: it can't be started: ${String(error?.message ?? error).split("\n")[0]}`);
  process.exitCode = 4;
}
