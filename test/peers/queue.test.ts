import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { describeSweepQueue } from "../adapters/sqs/queue-contract.ts";
import { sweep } from "../adapters/sqs/sweeps.ts";
import { queueOnLocalStack, type RealQueuePeer } from "./localstack/sqs.ts";
import { awsPeer, describeWhere } from "./peers.ts";

describeWhere(awsPeer)("a real wire of SQS", () => {
  const makePeer = () => queueOnLocalStack(awsPeer ?? "");
  describeSweepQueue("SQS on LocalStack", makePeer, { movesTime: false });

  describe("in real time", () => {
    let peer: RealQueuePeer;
    beforeAll(async () => {
      peer = await makePeer();
    });
    afterAll(() => peer.stop());

    it("holds each message back by its own delay", async () => {
      const delays = [4, 2, 0];
      await peer.queue.send(delays.map((delaySeconds) => sweep(`after-${delaySeconds}`, { delaySeconds })));
      const held = await peer.take(delays.length);
      expect(held.map(({ message }) => message.delaySeconds).sort()).toEqual([0, 2, 4]);
      for (const { message, heldMilliseconds } of held)
        expect(heldMilliseconds).toBeGreaterThanOrEqual(message.delaySeconds * 1000);
    }, 30_000);
  });
});
