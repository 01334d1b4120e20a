import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Instance } from "../../scripts/peers/run/instance.ts";
import { identify, lives } from "../../scripts/peers/run/processes.ts";

let root: string;
let bystander: ChildProcess | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "peers-"));
});
afterEach(async () => {
  await Instance.find(join(root, "set"))?.end(0);
  bystander?.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const begin = () => Instance.begin(join(root, "set"));

/** Starts a shell that writes the number of a process of its own, once it is as it should be. */
async function shell(instance: Instance, script: string): Promise<number> {
  instance.start("shell", "sh", ["-c", script]);
  const note = join(instance.folder, "inner");
  while (!existsSync(note) || readFileSync(note, "utf8").trim() === "")
    await new Promise((resolve) => setTimeout(resolve, 10));
  return Number(readFileSync(note, "utf8"));
}

const isThere = (pid: number) => identify("any", pid).began !== "";

describe("a set of peers", () => {
  test("ends what it started and what that started, and takes its folder away", async () => {
    const instance = begin();
    const inner = await shell(instance, "sleep 1000 & echo $! > inner; wait");
    expect(isThere(inner)).toBe(true);
    await instance.end();
    expect([isThere(inner), existsSync(instance.folder)]).toEqual([false, false]);
  });

  test("ends a process that doesn't listen", async () => {
    const instance = begin();
    const inner = await shell(
      instance,
      'trap "" TERM; sleep 1000 & echo $! > inner; while true; do wait; done',
    );
    await instance.end(100);
    expect(isThere(inner)).toBe(false);
  });

  test("is ended by another process that only finds its folder", async () => {
    const instance = begin();
    const inner = await shell(instance, "sleep 1000 & echo $! > inner; wait");
    await Instance.find(instance.folder)?.end();
    expect([isThere(inner), existsSync(instance.folder)]).toEqual([false, false]);
  });

  test("keeps a process that has got the number of one of its own since", async () => {
    const instance = begin();
    bystander = spawn("sleep", ["1000"], { detached: true });
    const { pid = 0 } = bystander;
    const state = JSON.parse(readFileSync(join(instance.folder, "state.json"), "utf8"));
    const stranger = { name: "etcd", pid, began: "at another time" };
    writeFileSync(
      join(instance.folder, "state.json"),
      JSON.stringify({ ...state, processes: [stranger], environment: {} }),
    );
    const found = Instance.find(instance.folder);
    expect(found?.environment).toBeUndefined();
    await found?.end(0);
    expect(lives(identify("bystander", pid))).toBe(true);
  });

  test("belongs to the first of two who come for it", async () => {
    begin();
    expect(begin).toThrow("is there already");
    expect(Instance.all(root).map(({ isOwned }) => isOwned)).toEqual([true]);
  });

  test("is found and taken away where only a part of its folder is left", async () => {
    mkdirSync(join(root, "set", "etcd"), { recursive: true });
    const [found] = Instance.all(root);
    expect(found?.isOwned).toBe(false);
    await found?.end();
    expect(existsSync(join(root, "set"))).toBe(false);
  });

  test("is left alone while another process is making its folder", () => {
    mkdirSync(join(root, `set.${process.ppid}`));
    expect(Instance.all(root)).toEqual([]);
  });

  test("tells where its peers are only while all of them live", async () => {
    const instance = begin();
    const inner = await shell(instance, "echo $$ > inner; exec sleep 1000");
    expect(Instance.find(instance.folder)?.environment).toBeUndefined();
    instance.ready({ AWS_PEER_URL: "http://127.0.0.1:1" });
    expect(Instance.find(instance.folder)?.environment).toEqual({ AWS_PEER_URL: "http://127.0.0.1:1" });
    process.kill(inner, "SIGKILL");
    while (isThere(inner)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Instance.find(instance.folder)?.environment).toBeUndefined();
  });
});
