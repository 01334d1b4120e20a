import { createCloudBudget } from "../../adapters/ec2/budget.ts";
import { clusterOver } from "../../adapters/kubernetes/index.ts";
import { writeSweepMessage } from "../../adapters/sqs/message.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Notices } from "../../ports/notices.ts";
import type { SweepQueue } from "../../ports/queue.ts";
import type { Settings, SweepPorts } from "../../reclaimer/settings.ts";
import { seededIdentities } from "../engine/random.ts";
import { RECLAIMER_TOKEN, type World } from "../engine/world.ts";
import { inProcessCloud } from "./cloud.ts";
import type { Line } from "./line.ts";
import { type MirrorCell, mirrorIn } from "./mirror.ts";
import { inProcessWire } from "./wire.ts";

export interface InProcessOptions {
  readonly settings: Settings;
  readonly notices: Notices;
  readonly mirror: MirrorCell;
  readonly line: Line;
  /** How far the function's own clock is ahead of the world's; a function where that changes. */
  readonly skewMilliseconds?: number | (() => number);
  /** Objects that a page of the API server has at most. */
  readonly longestPage?: number;
}

/** The ports of one function, to a world in this process: real adapters as far as they don't speak HTTP. */
export function inProcessPorts(world: World, options: InProcessOptions): SweepPorts {
  const { settings, notices, mirror, line, skewMilliseconds = 0 } = options;
  const ahead = typeof skewMilliseconds === "number" ? () => skewMilliseconds : skewMilliseconds;
  const own: Clock = { now: () => world.clock.now() + ahead(), sleep: world.clock.sleep };
  const clock: Clock = { now: own.now, sleep: (time) => line.wait("sleep", () => own.sleep(time)) };
  const budget = createCloudBudget({ clock: own });
  const { reader, writer, leases } = clusterOver(
    inProcessWire(world.kubernetes, RECLAIMER_TOKEN, line, options.longestPage),
    clock,
  );
  return {
    ...inProcessCloud(world, clock, line, settings.requestTimeoutMilliseconds),
    budget: { reserve: (calls) => line.wait("reserve", () => budget.reserve(calls)) },
    cluster: reader,
    writer,
    leases,
    queue: queueTo(world, line),
    mirror: mirrorIn(mirror, line),
    notices,
    clock,
    identities: seededIdentities(world.random),
  };
}

const broken = (): Error => new Error("the connection broke");

function queueTo({ queue }: World, line: Line): SweepQueue {
  return {
    async send(messages) {
      // As by SQS: what is no message is found before any is sent.
      const bodies = messages.map((message) => ({ body: writeSweepMessage(message), message }));
      await line.cross(
        { to: "queue", what: `send ${messages.length}` },
        () => {
          for (const { body, message } of bodies) queue.send(body, message.delaySeconds);
        },
        broken,
      );
    },
  };
}
