import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "@jest/globals";
import { readSweepMessage } from "../../../src/adapters/sqs/message.ts";
import { createSweepQueue } from "../../../src/adapters/sqs/queue.ts";
import { Sqs, SqsFront } from "../../../src/sandbox/sqs/index.ts";
import { type Answer, type Endpoint, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { describeSweepQueue } from "./queue-contract.ts";
import { sweep } from "./sweeps.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };

describeSweepQueue("SQS", async () => {
  const clock = fakeClock();
  const sqs = new Sqs({ clock: clock.now, random: () => Math.random() });
  const memory = sqs.createQueue("sweeps");
  const front = new SqsFront({ sqs, clock: clock.now });
  const endpoint = await front.start();
  const queue = createSweepQueue({
    region: "eu-west-1",
    endpoint,
    credentials,
    clock,
    version: "1.2.3",
    queueURL: `${endpoint}/${sqs.accountID}/sweeps`,
  });
  return {
    queue,
    receiveAfter: async (seconds) => {
      clock.advance(seconds * 1000);
      return memory.receive(1_000, 43_200).map(({ body }) => {
        const read = readSweepMessage(body);
        if (!read.readable) throw new Error(read.why);
        return read.object;
      });
    },
    waiting: async () => memory.messages().length,
    stop: () => front.stop(),
  };
});

interface Sent {
  readonly Entries: readonly {
    readonly Id: string;
    readonly MessageBody: string;
    readonly DelaySeconds: number;
  }[];
}

const sentIn = (body: string) => JSON.parse(body) as Sent;
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** Takes each entry, but those whose node fails. */
function taking(body: string, failed: Readonly<Record<string, object>> = {}): Answer {
  const results = sentIn(body).Entries.map((entry) => {
    const failure = failed[(JSON.parse(entry.MessageBody) as { node: string }).node];
    return { entry, failure };
  });
  return {
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({
      Successful: results
        .filter(({ failure }) => failure === undefined)
        .map(({ entry }) => ({ Id: entry.Id, MessageId: "m", MD5OfMessageBody: md5(entry.MessageBody) })),
      Failed: results
        .filter(({ failure }) => failure !== undefined)
        .map(({ entry, failure }) => ({ Id: entry.Id, ...failure })),
    }),
  };
}

const fails = (code: string, status: number): Answer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "words" }),
});

describe("SQS failures", () => {
  let endpoint: Endpoint | undefined;
  afterEach(async () => {
    await endpoint?.stop();
    endpoint = undefined;
  });

  async function queueOf(script: Script) {
    const clock = fakeClock();
    endpoint = await startEndpoint(clock.now, script);
    const queue = createSweepQueue({
      region: "eu-west-1",
      endpoint: endpoint.url,
      credentials,
      clock,
      version: "1.2.3",
      queueURL: `${endpoint.url}/123456789012/sweeps`,
    });
    const nodes = () =>
      endpoint!.requests.map(({ body }) =>
        sentIn(body).Entries.map(({ MessageBody }) => (JSON.parse(MessageBody) as { node: string }).node),
      );
    return { queue, clock, nodes };
  }

  it("sends again only the messages that SQS did not take", async () => {
    const { queue, clock, nodes } = await queueOf(({ body }, index) =>
      taking(body, index === 0 ? { b: { Code: "InternalError", SenderFault: false } } : {}),
    );
    await queue.send([sweep("a"), sweep("b"), sweep("c")]);
    expect(nodes()).toEqual([["a", "b", "c"], ["b"]]);
    expect(clock.slept).toHaveLength(1);
  });

  it("throws after three times, and names what was not taken", async () => {
    const { queue, nodes } = await queueOf(({ body }) =>
      taking(body, { b: { Code: "InternalError", SenderFault: false } }),
    );
    await expect(queue.send([sweep("a"), sweep("b")])).rejects.toMatchObject({
      name: "QueueError",
      notTaken: [{ node: "b" }],
      message: expect.stringContaining("InternalError"),
    });
    expect(nodes()).toEqual([["a", "b"], ["b"], ["b"]]);
  });

  it("does not send again what SQS calls our fault", async () => {
    const { queue, nodes } = await queueOf(({ body }) =>
      taking(body, { a: { Code: "InvalidMessageContents", SenderFault: true } }),
    );
    await expect(queue.send([sweep("a")])).rejects.toMatchObject({ notTaken: [{ node: "a" }] });
    expect(nodes()).toHaveLength(1);
  });

  it("takes an entry without an answer for not taken", async () => {
    const { queue } = await queueOf(() => ({
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: JSON.stringify({ Successful: [] }),
    }));
    await expect(queue.send([sweep("a")])).rejects.toMatchObject({ notTaken: [{ node: "a" }] });
  });

  it.each<[string, Script]>([
    ["a reset connection", () => reset],
    ["a failure of the service", () => fails("ServiceUnavailable", 503)],
  ])("sends again after %s", async (_, script) => {
    const { queue, nodes } = await queueOf((request, index) =>
      index === 0 ? script(request, index) : taking(request.body),
    );
    await queue.send([sweep("a")]);
    expect(nodes()).toEqual([["a"], ["a"]]);
  });

  it("H45 sends the other batches where one is refused", async () => {
    const { queue, nodes } = await queueOf(({ body }, index) =>
      index === 0 ? fails("AccessDenied", 403) : taking(body),
    );
    const all = Array.from({ length: 12 }, (_, index) => sweep(`node-${index}`));
    await expect(queue.send(all)).rejects.toMatchObject({
      notTaken: { length: 10 },
      cause: { name: "AccessDenied" },
    });
    expect(nodes().map(({ length }) => length)).toEqual([10, 2]);
  });
});
