import type { StepDefinition } from "./step.ts";

/** Others in the VPC, and EC2 itself. */
export const OF_CLOUD = {
  "tenants-greedy": {
    weight: 2,
    run: ({ tenants }, dice) => {
      tenants.greed = dice.chance(0.3) ? 0 : dice.next();
    },
  },
  "tenants-crowd": { weight: 1, run: ({ tenants }, dice) => tenants.crowd(dice.below(12)) },
  "tenants-leave": { weight: 1.5, run: ({ tenants }) => tenants.leave() },
  "ec2-stale": {
    weight: 2,
    run: ({ world, log }, dice) => {
      const lag = dice.chance(0.4) ? 0 : dice.length(500, 30_000);
      log.add("ec2", `shows what was ${lag} ms ago`);
      world.ec2.setDescribeLag(lag);
    },
  },
  "interface-left-detached": {
    weight: 1.5,
    run: ({ nodes }, dice) => dice.pick(nodes)?.leaks.leaveDetached(dice.below(3)),
  },
} as const satisfies Record<string, StepDefinition>;
