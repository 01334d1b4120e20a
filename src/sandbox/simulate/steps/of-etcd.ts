import { HOUR, type StepDefinition } from "./step.ts";

/** Etcd, the API server and its kinds. */
export const OF_ETCD = {
  "etcd-saved": { weight: 1, run: ({ etcd }) => etcd.save() },
  "etcd-restored": { weight: 0.4, run: ({ etcd }, dice) => etcd.restore(dice) },
  "kind-made-again": { weight: 0.3, run: ({ etcd }, dice) => etcd.makeKindAgain(dice) },
  "api-stale": {
    weight: 1,
    run: ({ world, log }, dice) => {
      const anyLagMs = dice.chance(0.4) ? 0 : dice.length(1_000, HOUR);
      log.add("api server", `shows what was ${anyLagMs} ms ago to who asks for any version`);
      world.kubernetes.staleness = { anyLagMs, allLagMs: 0 };
    },
  },
} as const satisfies Record<string, StepDefinition>;
