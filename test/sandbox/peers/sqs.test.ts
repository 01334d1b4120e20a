import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "@jest/globals";
import { createSweepQueue } from "../../../src/adapters/sqs/queue.ts";
import { Delays } from "../../../src/sandbox/peers/delays.ts";
import { RealQueue } from "../../../src/sandbox/peers/sqs.ts";
import { Sqs, SqsFront } from "../../../src/sandbox/sqs/index.ts";
import { fakeClock } from "../../adapters/aws/fake-clock.ts";
import { sweep } from "../../adapters/sqs/sweeps.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A queue in whose service no time passes, and the sandbox's time beside it. */
async function queueInStillTime() {
  const sqs = new Sqs({ clock: () => 1_000_000, random: Math.random });
  const front = new SqsFront({ sqs, clock: () => 1_000_000 });
  const endpoint = await front.start();
  ends.push(() => front.stop());
  const clock = fakeClock();
  const delays = new Delays(endpoint, clock.now);
  const gateway = await delays.start();
  ends.push(() => delays.stop());
  const access = { region: "eu-west-1", credentials: { accessKeyId: "AKID", secretAccessKey: "secret" } };
  const client = new SQSClient({ ...access, endpoint });
  ends.push(() => client.destroy());
  sqs.createQueue("sweep-dlq");
  sqs.createQueue("sweep", {
    visibilityTimeoutSeconds: 720,
    redrive: { deadLetterQueue: "sweep-dlq", maxReceiveCount: 5 },
  });
  const urlOf = (server: string, name: string) => `${server}/${sqs.accountID}/${name}`;
  const urls = { queue: urlOf(endpoint, "sweep"), deadLetters: urlOf(endpoint, "sweep-dlq") };
  const queue = new RealQueue(client, urls, delays, clock.now);
  const sender = createSweepQueue({
    ...access,
    endpoint: gateway,
    clock,
    version: "1",
    queueURL: urlOf(gateway, "sweep"),
  });
  const receive = async () => {
    const message = await queue.receive();
    return message && { ...message, node: (JSON.parse(message.body) as { node: string }).node };
  };
  return { clock, queue, sender, receive };
}

test("a delayed message is kept back until it is due in the sandbox's time", async () => {
  const { clock, queue, sender, receive } = await queueInStillTime();
  await sender.send([sweep("late", { delaySeconds: 60 }), sweep("now")]);
  expect((await receive())?.node).toBe("now");
  expect(await receive()).toBeUndefined();
  expect(queue.nextVisibleAt()).toBe(clock.now() + 60_000);
  clock.advance(59_999);
  expect(await receive()).toBeUndefined();
  clock.advance(1);
  expect((await receive())?.node).toBe("late");
});

test("a message that is not deleted comes again when its visibility timeout is over in the sandbox's time", async () => {
  const { clock, queue, sender, receive } = await queueInStillTime();
  await sender.send([sweep("failing")]);
  expect(await receive()).toMatchObject({ node: "failing", receiveCount: 1 });
  clock.advance(719_999);
  expect(await receive()).toBeUndefined();
  clock.advance(1);
  const again = await receive();
  expect(again).toMatchObject({ node: "failing", receiveCount: 2 });
  await queue.delete(again?.receiptHandle ?? "");
  expect(queue.nextVisibleAt()).toBeUndefined();
});

test("a message is given up after it was received five times", async () => {
  const { clock, queue, sender, receive } = await queueInStillTime();
  await sender.send([sweep("hopeless")]);
  for (let times = 1; times <= 5; times++) {
    expect((await receive())?.receiveCount).toBe(times);
    clock.advance(720_000);
  }
  expect(await receive()).toBeUndefined();
  expect(await queue.deadLetters()).toEqual([expect.stringContaining("hopeless")]);
});
