import type { Address } from "../../../domain/address.ts";
import type { CleanRequest } from "../../../reclaimer/requests.ts";
import type { Dice } from "../dice.ts";
import type { Simulation } from "../simulation.ts";
import { HOUR, type StepDefinition } from "./step.ts";

function cleanAsked({ nodes, world }: Simulation, dice: Dice): CleanRequest {
  const node = dice.pick(nodes);
  const addresses = world.ec2.snapshot().flatMap(({ secondary }): readonly Address[] => secondary);
  return {
    // The AWS CLI invokes again after a minute: the same request comes twice.
    requestId: `by-hand-${dice.below(3)}`,
    dryRun: dice.chance(0.3),
    ...(dice.chance(0.4) && node !== undefined ? { nodes: [node.name] } : {}),
    ...(dice.chance(0.3) ? { addresses: addresses.filter(() => dice.chance(0.3)).slice(0, 20) } : {}),
    ...(dice.chance(0.5) ? { minimumAgeSeconds: dice.length(60, 600) } : {}),
    ...(dice.chance(0.3) ? { maxReleases: 1 + dice.below(4) } : {}),
  };
}

/** Schedules, the queue, and people who ask for a clean. */
export const OF_FUNCTIONS = {
  "collect-leaks": {
    weight: 4,
    run: (simulation, dice) => simulation.spawn(simulation.functions.collect({ kind: "leaks" }, dice.seed())),
  },
  "collect-due": {
    weight: 6,
    run: (simulation, dice) => simulation.spawn(simulation.functions.collect({ kind: "due" }, dice.seed())),
  },
  "queue-drains": {
    weight: 12,
    run: (simulation, dice) => simulation.spawn(simulation.functions.drain(1 + dice.below(3), dice.seed())),
  },
  "clean-by-hand": {
    weight: 3,
    run: (simulation, dice) =>
      simulation.spawn(simulation.functions.clean(cleanAsked(simulation, dice), dice.seed())),
  },
  "message-doubled": {
    weight: 2,
    run: ({ world, log, clock }, dice) => {
      const message = dice.pick(world.queue.messages());
      if (message === undefined) return;
      log.add("queue", `delivers again ${message.body}`);
      // A standard queue delivers twice, but nothing before its delay is over (SQS Developer Guide, "Delay queues").
      const { delaySeconds } = JSON.parse(message.body) as { readonly delaySeconds: number };
      const isDelayed = message.receiveCount === 0 && message.visibleAt > clock.now();
      if (dice.chance(0.5) && !isDelayed) world.queue.redeliver(message.id);
      else world.queue.send(message.body, Math.max(delaySeconds, dice.below(900)));
    },
  },
  "message-lost": {
    weight: 1,
    run: ({ world, log }, dice) => {
      const message = dice.pick(world.queue.receive(1, dice.length(1, HOUR / 1000)));
      if (message !== undefined) log.add("queue", `loses ${message.body}`);
      if (message !== undefined && dice.chance(0.5)) world.queue.delete(message.receiptHandle ?? "");
    },
  },
  "function-clocks": {
    weight: 1,
    run: (simulation, dice) => {
      simulation.badClocks = dice.chance(0.5) ? 0 : dice.next() * 0.5;
      simulation.log.add("clocks", `of functions are off with ${simulation.badClocks.toFixed(2)}`);
    },
  },
} as const satisfies Record<string, StepDefinition>;
