import { describe, expect, test } from "@jest/globals";
import type { Run, RunReport } from "../../../src/sandbox/engine/report.ts";
import type { Scenario } from "../../../src/sandbox/scenarios/scenario.ts";
import { type Surroundings, start } from "../../../src/sandbox/show/start.ts";
import { layout, report, run } from "./builders.ts";

const scenario = (name: string): Scenario => ({
  name,
  description: `What ${name} is.`,
  lay: () => ({ nodes: [], allocators: [], subnets: [], busy: [] }),
});

function surroundings(result: () => Promise<Run>) {
  const told = { out: "", err: "", ran: [] as string[], cleared: 0 };
  const around: Surroundings = {
    scenarios: [
      scenario("daily"),
      scenario("large"),
      { ...scenario("restored"), simulatedOnly: "goes back in time" },
    ],
    run: ({ name }, seed, _tell, onPeers) => {
      told.ran.push(`${name} ${seed}${onPeers ? " on real peers" : ""}`);
      return result();
    },
    out: (text) => {
      told.out += text;
    },
    err: (text) => {
      told.err += text;
    },
    layout: () => layout(),
    progress: {
      tell: () => undefined,
      clear: () => {
        told.cleared += 1;
      },
    },
  };
  return { told, around };
}

async function ended(argv: readonly string[], more: Partial<RunReport> = {}) {
  const { told, around } = surroundings(() => Promise.resolve(run(more)));
  return { code: await start(argv, around), ...told };
}

const WRONG = [{ address: "10.0.0.6", interface: "eni-1", need: "sandbox" }];
const LEFT = [{ address: "10.0.0.8", interface: "eni-1", what: "address" }];
const HELD = [{ address: "10.0.0.8", interface: "eni-1", reason: "frozen" }];

describe("npm start", () => {
  test.each([
    ["nothing is wrong", {}, 0],
    ["leaks are rightly held back", { heldBack: HELD }, 0],
    ["a function failed, and nothing is wrong in the end", { failures: ["collect: no route"] }, 0],
    ["an address was wrongly released", { wronglyReleased: WRONG }, 3],
    ["an address is still leaked", { stillLeaked: LEFT }, 3],
    ["both", { wronglyReleased: WRONG, stillLeaked: LEFT }, 3],
  ])("where %s: exit status", async (_, more, code) => {
    expect((await ended([], more)).code).toBe(code);
    expect((await ended(["-o", "json"], more)).code).toBe(code);
  });

  test("prints the report as it is, and nothing else, as JSON", async () => {
    const { out, err } = await ended(["-o", "json"], { stillLeaked: LEFT });
    expect(JSON.parse(out)).toEqual(report({ stillLeaked: LEFT }));
    expect(err).toBe("");
  });

  test("runs the scenario and the seed that are asked for", async () => {
    expect((await ended([])).ran).toEqual(["daily 1"]);
    expect((await ended(["--scenario", "large", "--seed", "7"])).ran).toEqual(["large 7"]);
  });

  test("runs a scenario on real peers where that is asked for", async () => {
    expect((await ended(["--peers"])).ran).toEqual(["daily 1 on real peers"]);
    expect((await ended(["--scenario", "restored"])).ran).toEqual(["restored 1"]);
  });

  test("refuses to play on real peers what only a simulator can", async () => {
    expect(await ended(["--scenario", "restored", "--peers"])).toMatchObject({
      code: 2,
      out: "",
      err: "npm start: restored can't be played on real peers: it goes back in time\n",
      ran: [],
    });
  });

  test("lists scenarios, and runs none", async () => {
    const { code, out, ran } = await ended(["--list"]);
    expect({ code, ran }).toEqual({ code: 0, ran: [] });
    expect(out.split("\n")).toEqual([
      "Scenarios, the default first",
      "  NAME      WHAT HAPPENS",
      "  daily     What daily is.",
      "  large     What large is.",
      "  restored  What restored is.",
      "",
      "Next  npm start -- --scenario NAME",
      "",
    ]);
  });

  test("lists scenarios as JSON", async () => {
    expect(JSON.parse((await ended(["--list", "-o", "json"])).out)).toEqual([
      { name: "daily", description: "What daily is." },
      { name: "large", description: "What large is." },
      { name: "restored", description: "What restored is." },
    ]);
  });

  test("refuses what it does not know in one line, and runs nothing", async () => {
    expect(await ended(["--lst"])).toEqual({
      code: 2,
      out: "",
      err: "npm start: unknown option --lst (did you mean --list?); see npm start -- --help\n",
      ran: [],
      cleared: 0,
    });
  });

  test("takes the progress line away before it prints, and when the sandbox fails", async () => {
    expect((await ended([])).cleared).toBe(1);
    const { told, around } = surroundings(() => Promise.reject(new Error("no port")));
    await expect(start([], around)).rejects.toThrow("no port");
    expect(told).toMatchObject({ out: "", cleared: 1 });
  });
});
