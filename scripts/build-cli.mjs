#!/usr/bin/env node
// Builds dist/cnictl.mjs: one file that runs on Node 20 and later with nothing installed. Run by npm (prepare, prepack)
// and by the command itself in a linked clone. Everything it says goes to standard error.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
/** What `npm install --global` tells its scripts: it would lead an installation inside this folder astray. */
const OF_THE_OUTER_NPM = /^npm_config_(?:global|prefix|local_prefix|location|global_prefix|omit)$/i;

function install(command, words) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OF_THE_OUTER_NPM.test(name)),
  );
  return spawnSync(command, words, { cwd: root, env, stdio: ["ignore", 2, 2] }).status === 0;
}

const outfile = path.join(root, "dist", "cnictl.mjs");

if (!existsSync(path.join(root, "node_modules", "esbuild"))) {
  const ways = [
    ["sh", [path.join(root, "scripts", "ensure-installed.sh")]],
    // `npm ci` refuses where a registry lacks the binaries of other systems; this installs what there is.
    ["npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]],
  ];
  if (!ways.some(([command, words]) => install(command, words))) {
    console.error("cnictl can't be built: its tools were not installed");
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
