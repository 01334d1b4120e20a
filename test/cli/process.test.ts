import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eni, list, managed, page, pod } from "./dumps.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cnictl-"));
  for (const [name, dump] of Object.entries(managed(["10.0.1.13"])))
    await writeFile(path.join(folder, name), JSON.stringify(dump));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The real program in a process of its own. `head`: its standard output is closed after so many bytes. */
function cnictl(
  argv: readonly string[],
  options: { input?: string; head?: number; env?: Record<string, string> } = {},
) {
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, ["src/cli/main.ts", ...argv], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: "", ...options.env },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
      if (options.head !== undefined && out.length >= options.head) child.stdout.destroy();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

const all = () =>
  ["interfaces", "pods", "nodes", "necs", "vips"].flatMap((name) => [`--${name}`, path.join(folder, name)]);

describe("the program itself", () => {
  test("tells its version and exits 0", async () => {
    expect(await cnictl(["--version"])).toEqual({
      code: 0,
      out: expect.stringMatching(/^cnictl \d+\.\d+\.\d+\n$/),
      err: "",
    });
  });

  test("exits 1 where addresses would be released, with one JSON document on standard output", async () => {
    const { code, out, err } = await cnictl(["plan", ...all(), "-o", "json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out).released).toHaveLength(1);
  });

  test("reads standard input", async () => {
    const pods = ["--pods", path.join(folder, "pods")];
    const input = JSON.stringify(page(eni({}, ["10.0.1.11"])));
    const { code, out } = await cnictl(["plan", "--interfaces", "-", ...pods, "-o", "json"], { input });
    expect(code).toBe(0);
    expect(JSON.parse(out).totals.interfaces).toBe(1);
  });

  test.each([
    ["a directory", () => folder, "it is a directory"],
    ["a file that isn't there", () => path.join(folder, "none"), "there is no such file"],
  ])("refuses %s in one sentence, with nothing on standard output", async (_, name, told) => {
    const { code, out, err } = await cnictl([
      "plan",
      "--interfaces",
      name(),
      "--pods",
      path.join(folder, "pods"),
    ]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^cnictl: [^\n]+\n$/);
    expect(err).toContain(told);
  });

  test("is quiet when its reader has seen enough", async () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `10.1.${Math.floor(index / 250)}.${index % 250}`,
    );
    const file = path.join(folder, "many");
    await writeFile(file, JSON.stringify(page(eni({}, many))));
    const { err } = await cnictl(
      ["plan", "--interfaces", file, "--pods", path.join(folder, "pods"), "-o", "json"],
      { head: 10 },
    );
    expect(err).toBe("");
  });

  test("exits 4, not 1, with one sentence where standard output can't be written", async () => {
    const full = spawn(
      "sh",
      ["-c", '"$0" "$@" > /dev/full', process.execPath, "src/cli/main.ts", "plan", ...all()],
      {
        cwd: ROOT,
        env: { ...process.env, NODE_OPTIONS: "" },
      },
    );
    let err = "";
    full.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    const code = await new Promise((resolve) => full.on("close", resolve));
    expect(code).toBe(4);
    expect(err).toMatch(/^cnictl: it failed unexpectedly[^\n]+ENOSPC[^\n]+\n$/);
  });

  test("npm's run counts relative paths from where the person is", async () => {
    const npm = {
      npm_lifecycle_event: "cnictl",
      npm_package_json: path.join(ROOT, "package.json"),
      INIT_CWD: folder,
    };
    const argv = ["plan", "--interfaces", "interfaces", "--pods", "pods", "-o", "json"];
    expect((await cnictl(argv, { env: npm })).code).toBe(0);
    expect((await cnictl(argv, { env: { ...npm, npm_lifecycle_event: "test" } })).code).toBe(2);
  });

  test("writes no colour where standard output is no terminal", async () => {
    expect((await cnictl(["plan", ...all()])).out).not.toContain("\u001b");
  });
});

test("25,000 addresses of 500 nodes with their Pods are planned, one verdict an address", async () => {
  const nodes = Array.from({ length: 500 }, (_, index) => index);
  const address = (node: number, host: number) => `10.${Math.floor(node / 250)}.${node % 250}.${host + 2}`;
  const hosts = Array.from({ length: 50 }, (_, index) => index);
  const faces = nodes.map((index) =>
    eni(
      {
        NetworkInterfaceId: `eni-${index}`,
        PrivateIpAddress: address(index, 100),
        Attachment: { InstanceId: `i-${index.toString(16).padStart(17, "0")}`, Status: "attached" },
      },
      hosts.map((host) => address(index, host)),
    ),
  );
  const pods = nodes.flatMap((index) =>
    hosts
      .slice(0, 20)
      .map((host) =>
        pod(`p-${index}-${host}`, address(index, host), { spec: { nodeName: `node-${index}` } }),
      ),
  );
  await writeFile(
    path.join(folder, "large-enis"),
    faces.map((face) => JSON.stringify(page(face))).join("\n"),
  );
  await writeFile(path.join(folder, "large-pods"), JSON.stringify(list(...pods)));
  const { code, out } = await cnictl(
    [
      "plan",
      "--interfaces",
      path.join(folder, "large-enis"),
      "--pods",
      path.join(folder, "large-pods"),
      "-o",
      "json",
    ],
    { env: { NODE_OPTIONS: "--max-old-space-size=512" } },
  );
  expect(code).toBe(0);
  const { totals, kept, nodeGroups } = JSON.parse(out);
  expect(totals).toMatchObject({
    addresses: 25_000,
    interfaces: 500,
    nodes: 500,
    pods: 10_000,
    kept: 25_000,
  });
  expect(kept).toHaveLength(25_000);
  expect(nodeGroups[0]).toMatchObject({ inUse: 10_000, idle: 15_000 });
}, 60_000);
