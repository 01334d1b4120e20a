import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { type Build, cached } from "../../scripts/peers/build/cached.ts";

let builds: string;
beforeEach(() => {
  builds = mkdtempSync(join(tmpdir(), "builds-"));
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(builds, { recursive: true, force: true });
});

const build = (key: string, make: Build["make"]): Build => ({ name: "thing-1.0", key: [key], make });
const writing = (text: string) => async (folder: string) => writeFileSync(join(folder, "thing"), text);
const read = (folder: string) => readFileSync(join(folder, "thing"), "utf8");

test("a build is made once for each key", async () => {
  expect(read(await cached(builds, build("a", writing("first"))))).toBe("first");
  expect(read(await cached(builds, build("a", writing("second"))))).toBe("first");
  expect(read(await cached(builds, build("b", writing("third"))))).toBe("third");
});

test("a build that fails leaves nothing behind, and is made again", async () => {
  const failing = async (folder: string) => {
    await writing("half")(folder);
    throw new Error("no compiler");
  };
  await expect(cached(builds, build("a", failing))).rejects.toThrow("no compiler");
  expect(readdirSync(builds)).toEqual([]);
  expect(read(await cached(builds, build("a", writing("whole"))))).toBe("whole");
});

test("drafts of processes that are gone are dropped, those of living ones kept", async () => {
  // More than any system's highest process ID.
  const gone = ".draft-99999999-thing-0.9";
  const living = `.draft-${process.ppid}-thing-0.9`;
  for (const draft of [gone, living]) mkdirSync(join(builds, draft));
  await cached(builds, build("a", writing("thing")));
  expect(readdirSync(builds)).toContain(living);
  expect(readdirSync(builds)).not.toContain(gone);
});
