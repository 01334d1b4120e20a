import { beforeEach, describe, expect, test } from "@jest/globals";
import { type CloudWatchNotices, cloudWatchNotices } from "../../../src/adapters/cloudwatch/notices.ts";
import { parseAddress } from "../../../src/domain/address.ts";
import type { Verdict } from "../../../src/domain/verdict.ts";
import type { Alarm, AuditLine } from "../../../src/ports/notices.ts";

type Line = Readonly<Record<string, unknown>>;

let lines: Line[];
const speaking = (more: Partial<Parameters<typeof cloudWatchNotices>[0]> = {}): CloudWatchNotices =>
  cloudWatchNotices({
    clusterName: "blue",
    service: "reclaim",
    logLevel: "INFO",
    write: (line) => lines.push(JSON.parse(line) as Line),
    ...more,
  });
const metricLines = () => lines.filter((line) => "_aws" in line);
const told = (message: string) => lines.filter((line) => line["message"] === message);

beforeEach(() => {
  lines = [];
});

const address = (text: string) => {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
};
const leaked = (text: string): Verdict => ({
  address: address(text),
  node: "n1",
  decision: "leaked",
  cause: "pod-gone",
  gives: "address",
  needs: "report",
});
const kept = (text: string): Verdict => ({ address: address(text), decision: "keep", reason: "claimed" });
const unknown = (text: string): Verdict => ({
  address: address(text),
  decision: "unknown",
  reason: "config-unreadable",
});

const AUDIT: AuditLine = {
  run: "run-1",
  kind: "address",
  subject: "10.0.0.7",
  interfaceID: "eni-0a",
  node: "n1",
  cause: "pod-gone",
  firstObservedAt: "2026-01-01T00:00:00Z",
  ageSeconds: 1900,
  answer: "done",
  requestID: "r-1",
  evidence: { report: "lease-3", podUID: "uid-9" },
};

describe("a release", () => {
  test("is one line with all its evidence", () => {
    const notices = speaking();
    notices.begin({ requestID: "abc" });
    notices.released(AUDIT);
    expect(lines).toEqual([
      expect.objectContaining({
        level: "INFO",
        message: "released",
        cluster: "blue",
        service: "reclaim",
        requestID: "abc",
        audit: AUDIT,
      }),
    ]);
  });
});

describe("judgements", () => {
  test("are told as counts by reason", () => {
    speaking().judged("collect", "run-1", [
      leaked("10.0.0.1"),
      { ...leaked("10.0.0.6"), heldBack: "observe" } as Verdict,
      kept("10.0.0.2"),
      kept("10.0.0.3"),
      unknown("10.0.0.4"),
      { address: address("10.0.0.5"), decision: "suspect" },
    ]);
    expect(told("judged")).toEqual([
      expect.objectContaining({
        pass: "collect",
        run: "run-1",
        subjects: 6,
        suspects: 1,
        leaked: { "pod-gone": 2 },
        heldBack: { observe: 1 },
        kept: { claimed: 2 },
        unknown: { "config-unreadable": 1 },
      }),
    ]);
  });

  test("have a line each where they are leaked or unknown, and none where they are kept", () => {
    speaking().judged("collect", "run-1", [leaked("10.0.0.1"), kept("10.0.0.2"), unknown("10.0.0.4")]);
    const single = lines.filter((line) => "verdict" in line);
    expect(single).toEqual([
      expect.objectContaining({ level: "INFO", message: "leaked", run: "run-1" }),
      expect.objectContaining({ level: "WARN", message: "unknown", run: "run-1" }),
    ]);
  });

  test("have so many lines in an invocation and no more, and say how many are not there", () => {
    const notices = speaking({ maximumLines: 3 });
    notices.begin({});
    notices.judged("sweep", "run-1", [leaked("10.0.0.1"), leaked("10.0.0.2")]);
    notices.judged("sweep", "run-1", [leaked("10.0.0.3"), leaked("10.0.0.4"), leaked("10.0.0.5")]);
    expect(lines.filter((line) => "verdict" in line)).toHaveLength(3);
    expect(told("more judgements than lines")).toEqual([expect.objectContaining({ notWritten: 2 })]);
    notices.begin({});
    notices.judged("sweep", "run-2", [leaked("10.0.0.6")]);
    expect(lines.filter((line) => "verdict" in line)).toHaveLength(4);
  });
});

describe("alarms", () => {
  test.each<[Alarm["kind"], string]>([
    ["lost-memory", "ERROR"],
    ["breaker", "ERROR"],
    ["claim-put-back", "ERROR"],
    ["forbidden", "ERROR"],
    ["item-failed", "ERROR"],
    ["allocator-silent", "ERROR"],
    ["frozen", "WARN"],
    ["unknown", "WARN"],
    ["untagged-interface", "WARN"],
  ])("of the kind %s are lines of level %s", (kind, level) => {
    speaking().alarm({ kind, message: "look here", node: "n1" });
    expect(lines).toEqual([
      expect.objectContaining({ level, message: "look here", alarm: kind, node: "n1" }),
    ]);
  });

  test("are metrics by their kind", () => {
    const notices = speaking();
    notices.alarm({ kind: "forbidden", message: "a" });
    notices.alarm({ kind: "forbidden", message: "b" });
    notices.alarm({ kind: "breaker", message: "c" });
    notices.flush();
    expect(metricLines()).toEqual([
      expect.objectContaining({ cluster: "blue", kind: "forbidden", Alarm: 2 }),
      expect.objectContaining({ cluster: "blue", kind: "breaker", Alarm: 1 }),
    ]);
    expect(JSON.stringify(metricLines()[0])).toContain('"Dimensions":[["cluster","kind"]]');
  });
});

describe("metrics", () => {
  test("are sums in the namespace EniReclaimer with the cluster as the only dimension", () => {
    const notices = speaking();
    notices.count("Released", 2);
    notices.count("Released", 3);
    notices.count("CollectSucceeded", 1);
    notices.flush();
    expect(metricLines()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: "EniReclaimer",
              Dimensions: [["cluster"]],
              Metrics: [
                { Name: "Released", Unit: "Count" },
                { Name: "CollectSucceeded", Unit: "Count" },
              ],
            },
          ],
        },
        cluster: "blue",
        Released: 5,
        CollectSucceeded: 1,
      },
    ]);
  });

  test("are written once", () => {
    const notices = speaking();
    notices.count("Released", 2);
    notices.flush();
    notices.flush();
    expect(metricLines()).toHaveLength(1);
  });

  test("are written whatever the log level", () => {
    const notices = speaking({ logLevel: "SILENT" });
    notices.released(AUDIT);
    notices.count("Released", 1);
    notices.flush();
    expect(lines).toEqual(metricLines());
    expect(lines).toHaveLength(1);
  });

  test("hold every pause, however many there are", () => {
    const notices = speaking();
    for (let pause = 1; pause <= 250; pause += 1) notices.paused("n1", pause);
    notices.flush();
    const pauses = metricLines().flatMap((line) => line["Paused"]);
    expect(pauses).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  });
});

describe("an invocation", () => {
  test("carries what it began with and what was said about it, and nothing of the one before", () => {
    const notices = speaking();
    notices.begin({ requestID: "first" });
    notices.about({ node: "n1" });
    notices.told("swept", {});
    notices.begin({ requestID: "second" });
    notices.told("swept", {});
    const [first, second] = told("swept");
    expect(first).toMatchObject({ requestID: "first", node: "n1", cluster: "blue" });
    expect(second).toMatchObject({ requestID: "second", cluster: "blue" });
    expect(second).not.toHaveProperty("node");
  });

  test("that failed is one line with the error and its cause", () => {
    speaking().failed("the invocation failed", new Error("no list", { cause: new Error("page 3") }));
    expect(lines).toEqual([
      expect.objectContaining({
        level: "ERROR",
        message: "the invocation failed",
        error: expect.objectContaining({
          message: "no list",
          cause: expect.objectContaining({ message: "page 3" }),
        }),
      }),
    ]);
  });
});
