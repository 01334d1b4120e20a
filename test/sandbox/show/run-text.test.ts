import { describe, expect, test } from "@jest/globals";
import { runText } from "../../../src/sandbox/show/run-text.ts";
import { keptAddress, layout, released, run } from "./builders.ts";

const TINY = { name: "tiny", description: "One leak beside one Pod." };
const text = (...given: Parameters<typeof run>) => runText(run(...given), TINY, layout());
const after = (lines: readonly string[], title: string) => {
  const from = lines.findIndex((line) => line.startsWith(title));
  const to = lines.indexOf("", from);
  return from < 0 ? [] : lines.slice(from, to);
};

describe("a run for people", () => {
  test("says what happened, what was released, what was kept and why, and what it cost", () => {
    const lines = text(
      {
        released: [released("10.0.0.6")],
        kept: [keptAddress("10.0.0.5", "claimed", "web-1"), keptAddress("10.0.0.9", "pool", "web-2")],
        pauses: [{ node: "web-1", milliseconds: 79 }],
        calls: { ec2: { DescribeNetworkInterfaces: 3 }, kubernetes: { GET: 2, LIST: 1200 } },
      },
      { virtualSeconds: 2460, realMilliseconds: 1234 },
    );
    expect(lines).toEqual([
      "eni-reclaimer in its sandbox: tiny, seed 1",
      "One leak beside one Pod.",
      "",
      "1 leaked address given back, 0 wrongly released, 0 still leaked.",
      "1 interface with 2 secondary addresses; 41m of the sandbox's time passed in 1.2 s.",
      "",
      "Released (1)",
      "  ADDRESS   NODE   AGE  CAUSE                                         INTERFACE",
      "  10.0.0.6  web-1  31m  pod-gone  its Pod is gone, its record stayed  eni-1",
      "",
      "Kept (2): first what may look leaked, then what is plainly in order",
      "  COUNT  E.G.      NODE   REASON",
      "      1  10.0.0.5  web-1  claimed  a VpcIP claims it for a Pod that lives",
      "      1  10.0.0.9  web-2  pool     it is in its node's pool",
      "",
      "Paused (1 node): nothing starts or stops on a node while it is swept",
      "  NODE   TIMES  LONGEST    TOTAL",
      "  web-1      1    79 ms    79 ms",
      "  Never paused: 1 node (web-2).",
      "",
      "Calls",
      "  EC2              3  DescribeNetworkInterfaces 3",
      "  Kubernetes   1,202  LIST 1,200, GET 2",
      "",
      "Next  npm start -- --list             other scenarios",
      "      npm run cnictl -- plan --help   a read-only plan for your own cluster",
    ]);
  });

  test("has nothing red where all is right", () => {
    const lines = runText(run({ released: [released("10.0.0.6")] }), TINY, layout(100, true));
    expect(lines.join("\n")).not.toContain("\u001b[31m");
  });

  test("puts what was wrongly released, what is still leaked and failures first, in red", () => {
    const lines = runText(
      run({
        released: [released("10.0.0.6")],
        wronglyReleased: [{ address: "10.0.0.6", interface: "eni-1", need: "sandbox" }],
        stillLeaked: [{ address: "10.0.0.8", interface: "eni-1", what: "address" }],
        failures: ["collect: Error: no route"],
      }),
      TINY,
      layout(100, true),
    );
    const at = (words: string) => lines.findIndex((line) => line.includes(words));
    const [headline, wrongly, still, failures] = [
      at("1 wrongly released, 1 still leaked."),
      at("Wrongly released (1)"),
      at("Still leaked (1)"),
      at("Failures (1)"),
    ];
    for (const index of [headline, wrongly, still, failures]) expect(lines[index]).toContain("\u001b[31m");
    expect([headline, wrongly, still, failures, at("Released (1)")]).toEqual(
      [headline, wrongly, still, failures, at("Released (1)")].sort((a, b) => a - b),
    );
    expect(headline).toBeGreaterThan(0);
  });

  test("counts a prefix as its sixteen addresses", () => {
    expect(text({ released: [released("10.0.0.16/28"), released("10.0.0.6")] })[3]).toMatch(
      /^17 leaked addresses given back/,
    );
  });

  test("says that nothing was given back, and what is held back and why", () => {
    const lines = text({
      heldBack: [
        { address: "10.0.0.7", interface: "eni-1", reason: "frozen" },
        { address: "10.0.0.8", interface: "eni-2", reason: "frozen" },
        { address: "10.0.0.9", interface: "eni-3", reason: "foreign" },
      ],
    });
    expect(lines[3]).toBe(
      "Nothing given back, 0 wrongly released, 0 still leaked; 3 leaks held back, with a reason.",
    );
    expect(after(lines, "Leaked, and held back (3)").slice(2)).toEqual([
      "      1  10.0.0.9  its node is another CNI's, which honours no lease",
      "      2  10.0.0.7  a freeze is on",
    ]);
    expect(lines).toContain("No node was paused");
  });

  test("lists a few of many, and says how many more there are", () => {
    const many = Array.from({ length: 103 }, (_, index) => released(`10.0.0.${index}`));
    const lines = text({ released: many });
    expect(after(lines, "Released, by cause").slice(2)).toEqual([
      "    103      1  31m     pod-gone  its Pod is gone, its record stayed",
    ]);
    expect(after(lines, "Released (103)").slice(-2)).toEqual([
      expect.stringContaining("10.0.0.19"),
      "  … and 83 more (-o json shows all)",
    ]);
  });

  test("groups what was kept by reason and node, and what may look leaked comes first", () => {
    const lines = text({
      kept: [
        ...["10.0.0.4", "10.0.0.5"].map((address) => keptAddress(address, "pool", "web-1")),
        keptAddress("10.0.0.6", "pool", "web-2"),
        keptAddress("10.0.0.7", "opt-out", "web-1"),
        keptAddress("10.0.0.8", "opt-out", ""),
        ...Array.from({ length: 5 }, (_, index) => keptAddress(`10.0.1.${index}`, "cooling", `web-${index}`)),
      ],
    });
    expect(after(lines, "Kept (10)").slice(2)).toEqual([
      "      1  10.0.0.7  web-1    opt-out  a tag or annotation says keep",
      "      1  10.0.0.8  -        opt-out  a tag or annotation says keep",
      "      5  10.0.1.0  5 nodes  cooling  it is cooling before reuse",
      "      3  10.0.0.4  2 nodes  pool     it is in its node's pool",
    ]);
  });

  test("tells orphans, dropped records, unknown ones and alarms", () => {
    const lines = text({
      orphansDeleted: [{ interface: "eni-9", node: "gone-1", reason: "interface-orphaned" }],
      recordsDropped: [{ address: "10.0.9.9", node: "gone-1", cause: "instance-gone" }],
      unknown: [keptAddress("10.0.0.8", "node-missing", "lost-1")],
      alarms: [
        { kind: "breaker", message: "too many", node: "web-1" },
        { kind: "breaker", message: "too many", node: "web-1" },
      ],
    });
    expect(lines[3]).toMatch(/^1 orphan interface given back/);
    expect(after(lines, "Orphan interfaces deleted (1)").slice(2)).toEqual([
      "  eni-9      gone-1  its instance is gone  interface-orphaned",
    ]);
    expect(after(lines, "Records dropped of addresses that EC2 has nowhere (1)").slice(2)).toEqual([
      "  10.0.9.9  gone-1  instance-gone  its instance is gone",
    ]);
    expect(after(lines, "Unknown, so kept (1)").slice(2)).toEqual([
      "      1  10.0.0.8  lost-1  node-missing  its Node object is gone while the instance runs",
    ]);
    expect(after(lines, "Alarms (2)").slice(2)).toEqual(["      2  breaker  web-1  too many"]);
  });

  test("adds up the pauses of a node, the longest node first", () => {
    const lines = text({
      pauses: [
        { node: "a", milliseconds: 100 },
        { node: "b", milliseconds: 5400 },
        { node: "a", milliseconds: 30 },
      ],
    });
    expect(after(lines, "Paused (2 nodes)").slice(2)).toEqual([
      "  b         1    5.4 s    5.4 s",
      "  a         2   100 ms   130 ms",
      "  Never paused: 0 nodes.",
    ]);
  });

  test.each([80, 100, 200])("is at most %i columns wide", (width) => {
    const lines = runText(
      run({
        released: [released("10.100.100.100", { node: "ip-10-100-100-100.eu-west-1.compute.internal" })],
        orphansDeleted: [
          {
            interface: "eni-0123456789abcdef0",
            node: "ip-10-100-100-100.eu-west-1.compute.internal",
            reason: "never-recorded",
          },
        ],
        kept: [keptAddress("10.100.100.101", "foreign-node", "ip-10-100-100-101.eu-west-1.compute.internal")],
        failures: ["a b c ".repeat(60)],
        alarms: [{ kind: "lost-memory", message: "memory was lost ".repeat(20) }],
      }),
      { name: "tiny", description: "word ".repeat(40) },
      layout(width),
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });
});
