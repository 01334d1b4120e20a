import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { protocolNow, protocolPinned } from "./protocol.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/crash-points.ts", import.meta.url));

test("H48 each run awaits what is pinned for it: npm run crash-points -- --awaits --write pins a change", async () => {
  expect((await protocolNow()).split("\n")).toEqual(protocolPinned().split("\n"));
});

test("H48 every await of the reclaimer is one of the points that are tried", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, "--awaits"]).catch(
    (failed: { stdout: string }) => failed,
  );
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => line.startsWith("no run stands at"))).toEqual([]);
  expect(lines.at(-1)).toMatch(/^\d{3} awaits in src\/reclaimer, 0 of them at no point of any run$/);
}, 60_000);
