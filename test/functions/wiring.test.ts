import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigError, type Environment } from "../../functions/config.ts";
import { cleanFunction } from "../../functions/wiring/clean.ts";
import { collectFunction } from "../../functions/wiring/collect.ts";
import { reclaimFunction } from "../../functions/wiring/reclaim.ts";
import { watchRun } from "../../functions/wiring/run.ts";
import { VERSION } from "../../functions/wiring/version.ts";
import type { Alarm, Notices } from "../../src/ports/notices.ts";
import { kubeconfigOf } from "../kubeconfig.ts";

let directory: string;
let server: Server;
let asked: string[];
let environment: Environment;

/** Something that answers every service with a server error, and takes note of who was asked. */
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  directory = await mkdtemp(path.join(tmpdir(), "wiring-"));
  const kubeconfig = path.join(directory, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf(`${url}/kubernetes`, "t"));
  environment = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AK",
    AWS_SECRET_ACCESS_KEY: "SK",
    AWS_ENDPOINT_URL_EC2: `${url}/ec2`,
    AWS_ENDPOINT_URL_SQS: `${url}/sqs`,
    AWS_ENDPOINT_URL_SSM: `${url}/ssm`,
    RECLAIMER_CLUSTER_NAME: "blue",
    RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
    RECLAIMER_QUEUE_URL: `${url}/sqs/queue`,
    RECLAIMER_MIRROR_PARAMETER: "/mirror",
    RECLAIMER_KUBECONFIG: kubeconfig,
  };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const noWait = { now: () => Date.now(), sleep: async () => undefined };

function listening(): { readonly alarms: Alarm[]; readonly notices: Notices } {
  const alarms: Alarm[] = [];
  return {
    alarms,
    notices: {
      judged: () => undefined,
      released: () => undefined,
      paused: () => undefined,
      alarm: (alarm) => alarms.push(alarm),
      count: () => undefined,
    },
  };
}

describe("a function", () => {
  test.each([
    ["collect", collectFunction],
    ["reclaim", reclaimFunction],
    ["clean", cleanFunction],
  ])("%s doesn't start in a wrong environment", (_, factory) => {
    expect(() => factory({ ...environment, RECLAIMER_MODE: "on" })).toThrow(ConfigError);
    expect(() => factory(environment)).not.toThrow();
  });

  test("asks nobody before it is invoked", () => {
    collectFunction(environment);
    reclaimFunction(environment);
    cleanFunction(environment);
    expect(asked).toEqual([]);
  });

  test("asks those that its environment names, and fails where they don't answer", async () => {
    const lines: string[] = [];
    const collect = collectFunction(environment, { clock: noWait, write: (line) => lines.push(line) });
    await expect(collect({ kind: "leaks" })).rejects.toThrow();
    expect(new Set(asked.map((url) => url.split("/")[1]))).toContain("ssm");
    expect(lines.join()).toContain("the invocation failed");
  });

  test("tells who listens beside it what it tells CloudWatch, failed messages too", async () => {
    const lines: string[] = [];
    const { alarms, notices } = listening();
    const reclaim = reclaimFunction(environment, {
      clock: noWait,
      notices,
      write: (line) => lines.push(line),
    });
    const body = JSON.stringify({ node: "n1", run: "run-1", attempt: 0, delaySeconds: 0 });
    expect(await reclaim({ Records: [{ messageId: "m", body }] })).toEqual({
      batchItemFailures: [{ itemIdentifier: "m" }],
    });
    expect(alarms).toEqual([expect.objectContaining({ kind: "item-failed", subject: "m" })]);
    expect(lines.join()).toContain('"alarm":"item-failed"');
  });
});

describe("an alarm", () => {
  const TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms";
  const failing = {
    Records: [
      { messageId: "m", body: JSON.stringify({ node: "n1", run: "r", attempt: 0, delaySeconds: 0 }) },
    ],
  };
  const reclaimOf = (more: Environment, lines: string[]) =>
    reclaimFunction(
      {
        ...environment,
        AWS_ENDPOINT_URL_SNS: environment["AWS_ENDPOINT_URL_SQS"]?.replace("sqs", "sns"),
        ...more,
      },
      { clock: noWait, write: (line) => lines.push(line) },
    );
  const askedSNS = () => asked.filter((url) => url.startsWith("/sns")).length;

  test("is told to the topic where there is one, once and after the metrics; that SNS fails changes nothing", async () => {
    const lines: string[] = [];
    const reclaim = reclaimOf({ RECLAIMER_ALARM_TOPIC_ARN: TOPIC }, lines);
    expect(await reclaim(failing)).toEqual({ batchItemFailures: [{ itemIdentifier: "m" }] });
    expect(askedSNS()).toBe(1);
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(at('"Alarm":1')).toBeGreaterThan(-1);
    expect(at("people were not told")).toBeGreaterThan(at('"Alarm":1'));
    expect(lines.at(-1)).toContain(TOPIC);
  });

  test("is told to nobody but the log where there is none", async () => {
    const lines: string[] = [];
    await reclaimOf({}, lines)(failing);
    expect(askedSNS()).toBe(0);
    expect(lines.join()).toContain('"alarm":"item-failed"');
  });

  test("is told by an invocation that fails, too", async () => {
    const lines: string[] = [];
    const reclaim = reclaimOf({ RECLAIMER_ALARM_TOPIC_ARN: TOPIC }, lines);
    await reclaim(failing);
    await expect(reclaim({ Records: "none" })).rejects.toThrow("not understood");
    expect(lines.join()).toContain("the invocation failed");
  });
});

describe("the run in user agents", () => {
  const counting = () => {
    let last = 0;
    return { unique: () => `id-${++last}` };
  };

  test("is the first ID that an invocation takes, until the next one begins", () => {
    const run = watchRun(counting());
    run.identities.unique();
    run.identities.unique();
    expect(run.current()).toBe("id-1");
    run.begin();
    expect(run.current()).toBe("none");
    run.identities.unique();
    expect(run.current()).toBe("id-3");
  });

  test("is the one that asked, where there is one", () => {
    const run = watchRun(counting());
    run.begin("run-1");
    run.identities.unique();
    expect(run.current()).toBe("run-1");
  });

  test("goes with the version of package.json", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(VERSION).toBe(version);
  });
});
