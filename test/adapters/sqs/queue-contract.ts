import { afterEach, describe, expect, it } from "@jest/globals";
import type { SweepMessage, SweepQueue } from "../../../src/ports/queue.ts";
import { sweep } from "./sweeps.ts";

/** A queue and what came out of it. */
export interface QueuePeer {
  readonly queue: SweepQueue;
  /** Takes all messages that are visible after so many more seconds; where time can't be moved, now. */
  receiveAfter(seconds: number): Promise<readonly SweepMessage[]>;
  /** How many messages wait, visible or not. */
  waiting(): Promise<number>;
  stop(): Promise<void>;
}

export interface QueueOptions {
  /** False where time is real: the test of long delays is skipped. */
  readonly movesTime: boolean;
}

/** What every {@link SweepQueue} does. */
export function describeSweepQueue(
  name: string,
  makePeer: () => Promise<QueuePeer>,
  { movesTime }: QueueOptions = { movesTime: true },
): void {
  describe(`SweepQueue by ${name}`, () => {
    let peer: QueuePeer | undefined;
    afterEach(async () => {
      await peer?.stop();
      peer = undefined;
    });
    const nodes = (messages: readonly SweepMessage[]) => messages.map(({ node }) => node).sort();

    it("delivers a message as it was sent", async () => {
      peer = await makePeer();
      const message = sweep("node-a", {
        attempt: 2,
        observed: { uid: "u", holder: "h", acquireTime: "a", renewTime: "r", durationSeconds: 60 },
      });
      await peer.queue.send([message]);
      expect(await peer.waiting()).toBe(1);
      expect(await peer.receiveAfter(0)).toEqual([message]);
      expect(await peer.receiveAfter(0)).toEqual([]);
    });

    (movesTime ? it : it.skip)("holds each message back by its own delay", async () => {
      peer = await makePeer();
      await peer.queue.send([
        sweep("late", { delaySeconds: 900 }),
        sweep("soon", { delaySeconds: 60 }),
        sweep("now"),
      ]);
      expect(nodes(await peer.receiveAfter(0))).toEqual(["now"]);
      expect(nodes(await peer.receiveAfter(59))).toEqual([]);
      expect(nodes(await peer.receiveAfter(1))).toEqual(["soon"]);
      expect(nodes(await peer.receiveAfter(840))).toEqual(["late"]);
    });

    it("H46 delivers more messages than fit a batch, the last one too", async () => {
      peer = await makePeer();
      const sent = Array.from({ length: 23 }, (_, index) => sweep(`node-${String(index).padStart(2, "0")}`));
      await peer.queue.send(sent);
      expect(nodes(await peer.receiveAfter(0))).toEqual(nodes(sent));
    });

    it("takes nothing where nothing is sent", async () => {
      peer = await makePeer();
      await peer.queue.send([]);
      expect(await peer.receiveAfter(0)).toEqual([]);
    });

    it("sends none of the messages where one is none", async () => {
      peer = await makePeer();
      await expect(peer.queue.send([sweep("good"), sweep("bad", { delaySeconds: 901 })])).rejects.toThrow();
      expect(await peer.waiting()).toBe(0);
    });
  });
}
