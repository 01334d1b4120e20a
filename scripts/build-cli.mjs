#!/usr/bin/env node
// Builds dist/cnictl.mjs: one file that runs on Node 20 and later with nothing installed. Also run by npm's `prepare`,
// so before `npm pack`, and by the command itself in a linked clone. Everything it says goes to standard error.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const outfile = path.join(root, "dist", "cnictl.mjs");

if (!existsSync(path.join(root, "node_modules", "esbuild"))) {
  // Inside `npm install --global` npm's own settings (global, prefix) would lead the inner installation astray.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { status, error } = spawnSync("sh", [path.join(root, "scripts", "ensure-installed.sh")], {
    cwd: root,
    env,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    console.error(
      `cnictl can't be built: its tools were not installed (${error?.message ?? `exit ${status}`})`,
    );
    process.exit(1);
  }
}
const { build } = await import("esbuild");
await mkdir(path.dirname(outfile), { recursive: true });
// Another process may be building or starting the same file: it is put in place whole.
const unfinished = `${outfile}.${process.pid}`;
try {
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/main.ts"],
    outfile: unfinished,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    // `yaml` is CommonJS for Node: without its browser-free ESM build it asks for require.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
  await rename(unfinished, outfile);
} catch (error) {
  console.error(`cnictl can't be built: ${error.message}`);
  process.exitCode = 1;
} finally {
  await rm(unfinished, { force: true });
}
