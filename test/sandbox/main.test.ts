import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SCENARIOS } from "../../src/sandbox/scenarios/index.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sandbox-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function begun(...argv: string[]) {
  const child = spawn(process.execPath, ["src/sandbox/main.ts", ...argv], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: folder },
  });
  const told = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    told.out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    told.err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...told }));
  return { child, ended };
}

describe("the sandbox as a process", () => {
  test("prints one JSON document on standard output, and leaves nothing behind", async () => {
    const { code, out, err } = await begun("-o", "json").ended;
    const report = JSON.parse(out);
    expect({ code, ...report }).toMatchObject({
      code: 0,
      scenario: SCENARIOS[0]?.name,
      seed: 1,
      wronglyReleased: [],
      stillLeaked: [],
    });
    expect(report.released.length).toBeGreaterThan(0);
    expect(err).toContain("laying daily\n");
    expect(err.split("\n").length).toBeLessThan(20);
    expect(await readdir(folder)).toEqual([]);
  }, 120_000);

  test("ends at once when it is interrupted, and leaves nothing behind", async () => {
    const { child, ended } = begun("--scenario", "large");
    await once(child.stderr, "data");
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, out: "", err: expect.stringContaining("interrupted\n") });
    expect(await readdir(folder)).toEqual([]);
  }, 120_000);

  test("says nothing of a reader that has seen enough", async () => {
    const { child, ended } = begun("--help");
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, err: "" });
  }, 60_000);

  test("refuses an unknown option with status 2", async () => {
    expect(await begun("--sed", "3").ended).toEqual({
      code: 2,
      out: "",
      err: "npm start: unknown option --sed (did you mean --seed?); see npm start -- --help\n",
    });
  }, 60_000);
});
