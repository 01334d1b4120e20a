import { beforeEach, describe, expect, test } from "@jest/globals";
import { cleanHandler } from "../../../functions/lambda/clean.ts";
import { collectHandler } from "../../../functions/lambda/collect.ts";
import { InvalidInput } from "../../../functions/lambda/events.ts";
import { reclaimHandler } from "../../../functions/lambda/reclaim.ts";
import { TooLittleTime } from "../../../functions/lambda/remaining.ts";
import { type CloudWatchNotices, cloudWatchNotices } from "../../../src/adapters/cloudwatch/notices.ts";
import type { SweepMessage } from "../../../src/ports/queue.ts";
import type {
  CleanRequest,
  CleanSummary,
  CollectRequest,
  CollectSummary,
  SweepSummary,
} from "../../../src/reclaimer/requests.ts";

type Line = Readonly<Record<string, unknown>>;
let lines: Line[];
let notices: CloudWatchNotices;
beforeEach(() => {
  lines = [];
  notices = cloudWatchNotices({
    clusterName: "blue",
    service: "test",
    logLevel: "INFO",
    write: (line) => lines.push(JSON.parse(line) as Line),
  });
});
const told = (message: string) => lines.filter((line) => line["message"] === message);
const metric = (name: string) => lines.filter((line) => name in line).map((line) => line[name]);

const COLLECTED: CollectSummary = {
  run: "run-1",
  kind: "leaks",
  interfaces: 0,
  addresses: 0,
  leaked: 0,
  kept: 0,
  unknown: 0,
  marked: 0,
  unmarked: 0,
  queued: [],
  failed: [],
};
const SWEPT: SweepSummary = { node: "n1", outcome: "swept", released: [], orphansDeleted: [], failed: [] };
const CLEANED: CleanSummary = {
  requestId: "r",
  run: "run-1",
  dryRun: true,
  released: [],
  kept: [],
  pending: [],
  failed: [],
};
const NEEDED = 85_000;
const withTimeLeft = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });

describe("collect", () => {
  const asked = async (event: unknown): Promise<CollectRequest[]> => {
    const requests: CollectRequest[] = [];
    await collectHandler(notices, async (request) => {
      requests.push(request);
      return COLLECTED;
    })(event);
    return requests;
  };
  const TERMINATED = {
    version: "0",
    source: "aws.ec2",
    "detail-type": "EC2 Instance State-change Notification",
    resources: ["arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc"],
    detail: { "instance-id": "i-0abc", state: "terminated" },
  };

  test.each([{ kind: "leaks" }, { kind: "due" }, { kind: "instance-terminated", instanceID: "i-0abc" }])(
    "takes the request %j as it is, from a schedule or a person",
    async (event) => {
      expect(await asked(event)).toEqual([event]);
    },
  );

  test("takes EC2's event of a terminated instance", async () => {
    expect(await asked(TERMINATED)).toEqual([{ kind: "instance-terminated", instanceID: "i-0abc" }]);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["an unknown kind", { kind: "everything" }],
    [
      "a state that isn't terminated",
      { ...TERMINATED, detail: { "instance-id": "i-0abc", state: "stopped" } },
    ],
    ["another event of EC2", { ...TERMINATED, "detail-type": "EC2 Spot Instance Interruption Warning" }],
    ["an instance ID that is none", { ...TERMINATED, detail: { "instance-id": "*", state: "terminated" } }],
    ["a batch of the queue", { Records: [] }],
  ])("refuses %s, and collects nothing", async (_, event) => {
    await expect(asked(event)).rejects.toThrow(InvalidInput);
    expect(told("the invocation failed")).toHaveLength(1);
  });

  test("answers and tells its summary, as a warning where an item failed alone", async () => {
    const failed = [{ subject: "10.0.0.1", why: "unreadable" }];
    const summary = { ...COLLECTED, failed };
    expect(await collectHandler(notices, async () => summary)({ kind: "leaks" })).toEqual(summary);
    expect(told("collected")).toEqual([expect.objectContaining({ level: "WARN", summary })]);
  });

  test("fails where the work fails: the error is told, the metrics are written, the invocation is an error", async () => {
    const failing = collectHandler(notices, async () => {
      notices.count("Frozen", 1);
      throw new Error("no list", { cause: new Error("page 3") });
    });
    await expect(failing({ kind: "leaks" }, { awsRequestId: "abc" })).rejects.toThrow("no list");
    expect(told("the invocation failed")).toEqual([
      expect.objectContaining({
        level: "ERROR",
        requestID: "abc",
        error: expect.objectContaining({ message: "no list" }),
      }),
    ]);
    expect(metric("Frozen")).toEqual([1]);
  });

  test("H31 never answers for work that still runs, however little time is left", async () => {
    const order: string[] = [];
    await collectHandler(notices, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("worked");
      return COLLECTED;
    })({ kind: "leaks" }, withTimeLeft(0));
    order.push("answered");
    expect(order).toEqual(["worked", "answered"]);
  });
});

describe("reclaim", () => {
  const message = (node: string): SweepMessage => ({ node, run: "run-1", attempt: 0, delaySeconds: 0 });
  const record = (messageId: string, body: string) => ({ messageId, body, receiptHandle: "h" });
  const batch = (...nodes: string[]) => ({
    Records: nodes.map((node) => record(`m-${node}`, JSON.stringify(message(node)))),
  });
  let swept: string[];
  beforeEach(() => {
    swept = [];
  });
  const reclaim = (sweep: (message: SweepMessage) => Promise<SweepSummary> = async () => SWEPT) =>
    reclaimHandler(notices, NEEDED, async (message) => {
      swept.push(message.node);
      return sweep(message);
    });

  test("sweeps the node of each message", async () => {
    expect(await reclaim()(batch("n1", "n2"))).toEqual({ batchItemFailures: [] });
    expect(swept).toEqual(["n1", "n2"]);
    expect(told("swept")[0]).toMatchObject({ node: "n1", run: "run-1", messageID: "m-n1" });
  });

  test.each([
    ["isn't JSON", "{"],
    ["lacks its node", JSON.stringify({ run: "r", attempt: 0, delaySeconds: 0 })],
    ["is empty", ""],
  ])("H45 a message that %s fails alone, is told, and raises an alarm", async (_, body) => {
    const { Records } = batch("n1", "n2");
    const answer = await reclaim()({ Records: [Records[0], record("m-bad", body), Records[1]] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-bad" }] });
    expect(swept).toEqual(["n1", "n2"]);
    expect(told("the sweep failed")).toEqual([
      expect.objectContaining({ level: "ERROR", messageID: "m-bad" }),
    ]);
    expect(metric("Alarm")).toEqual([1]);
  });

  test("H45 a sweep that fails is delivered again, and the next one is done", async () => {
    const answer = await reclaim(async ({ node }) => {
      if (node === "n1") throw new Error("the API server is away");
      return SWEPT;
    })(batch("n1", "n2"));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-n1" }] });
    expect(swept).toEqual(["n1", "n2"]);
  });

  test("doesn't start a sweep that can't be over in time: the message is delivered again, without an alarm", async () => {
    const answer = await reclaim()(batch("n1"), withTimeLeft(NEEDED - 1));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-n1" }] });
    expect(swept).toEqual([]);
    expect(told("the sweep was not started")).toHaveLength(1);
    expect(metric("Alarm")).toEqual([]);
  });

  test("starts a sweep that has just the time it needs, or that nothing ends", async () => {
    expect(await reclaim()(batch("n1"), withTimeLeft(NEEDED))).toEqual({ batchItemFailures: [] });
    expect(await reclaim()(batch("n2"))).toEqual({ batchItemFailures: [] });
    expect(swept).toEqual(["n1", "n2"]);
  });

  test("looks at the time left before each message", async () => {
    let left = NEEDED + 10_000;
    const answer = await reclaim(async () => {
      left -= 20_000;
      return SWEPT;
    })(batch("n1", "n2"), { getRemainingTimeInMillis: () => left });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-n2" }] });
  });

  test("refuses what is no batch, and says so once", async () => {
    await expect(reclaim()({ kind: "leaks" })).rejects.toThrow(InvalidInput);
    expect(told("the invocation failed")).toHaveLength(1);
  });
});

describe("clean", () => {
  const asked = async (event: unknown, context = {}): Promise<CleanRequest[]> => {
    const requests: CleanRequest[] = [];
    await cleanHandler(notices, NEEDED, async (request) => {
      requests.push(request);
      return CLEANED;
    })(event, context);
    return requests;
  };

  test("is dry unless it is told otherwise", async () => {
    expect(await asked({ requestId: "r" })).toEqual([{ requestId: "r", dryRun: true }]);
    expect(await asked({ requestId: "r", dryRun: false })).toEqual([{ requestId: "r", dryRun: false }]);
  });

  test.each<[string, object]>([
    ["no requestId", {}],
    ["a misspelt wish", { requestId: "r", dryrun: false }],
    ["an address that is none", { requestId: "r", addresses: ["10.0.0.256"] }],
    ["marks younger than a minute", { requestId: "r", minimumAgeSeconds: 59 }],
    ["dryRun that isn't true or false", { requestId: "r", dryRun: "no" }],
  ])("refuses %s, and says what is wrong", async (_, event) => {
    await expect(asked(event)).rejects.toThrow(/the request of clean is not understood/);
  });

  test("doesn't start without the time for a sweep", async () => {
    await expect(asked({ requestId: "r" }, withTimeLeft(NEEDED - 1))).rejects.toThrow(TooLittleTime);
  });

  test("answers its whole summary, and tells the counts", async () => {
    const summary: CleanSummary = {
      ...CLEANED,
      released: [{ address: "10.0.0.1", node: "n1", cause: "pod-gone" }],
    };
    expect(await cleanHandler(notices, NEEDED, async () => summary)({ requestId: "r" })).toEqual(summary);
    expect(told("cleaned")).toEqual([expect.objectContaining({ released: 1, kept: 0, level: "INFO" })]);
  });
});
