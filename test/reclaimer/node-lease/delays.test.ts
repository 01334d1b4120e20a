import { describe, expect, test } from "@jest/globals";
import { ANNOTATION } from "../../../src/domain/objects/names.ts";
import type { SweepMessage } from "../../../src/ports/queue.ts";
import type { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { due, holdLease } from "./due.ts";

/** Minutes for which the queue holds each next message back, until no more comes. */
async function untilPutOff(cluster: Cluster, before: () => void): Promise<readonly number[]> {
  const delays: number[] = [];
  for (let message: SweepMessage = messageFor("a"); ; ) {
    before();
    const { outcome } = await cluster.sweep("a", message);
    if (outcome === "gave-up") return delays;
    const bodies = cluster.world.queue.messages().map(({ body }) => JSON.parse(body) as SweepMessage);
    message = bodies.at(-1) ?? message;
    delays.push(message.delaySeconds / 60);
    cluster.clock.advance(message.delaySeconds * 1000);
  }
}

describe("a sweep that can't be done now comes again with delays that double from a minute to a quarter of an hour", () => {
  test("H72 and is put off after three quarters of an hour where a busy node's lease is not to be had", async () => {
    const { cluster, leaked } = await due();
    const hold = holdLease(cluster, "reclaimer/other/1", 60);
    const delays = await untilPutOff(cluster, () => hold.renew());
    // A term that is waited for is over a second later.
    expect(delays.map(Math.floor)).toEqual([1, 2, 4, 8, 15, 15]);
    expect(cluster.heard.alarmKinds).toEqual(["item-failed"]);
    expect(cluster.record(leaked)?.metadata.annotations).toHaveProperty([ANNOTATION.putOff]);
  });

  test("H52 and is put off after half an hour where EC2 throttles", async () => {
    const { cluster, leaked } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "RequestLimitExceeded", { status: 503 });
    const delays = await untilPutOff(cluster, () => undefined);
    expect(delays).toEqual([1, 2, 4, 8, 15]);
    expect(cluster.heard.alarmKinds).toEqual(["item-failed"]);
    expect(cluster.record(leaked)?.metadata.annotations).toHaveProperty([ANNOTATION.putOff]);
  });
});
