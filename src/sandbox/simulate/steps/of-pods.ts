import type { Dice } from "../dice.ts";
import type { SimNode } from "../node.ts";
import type { SimPod } from "../pods.ts";
import type { Simulation } from "../simulation.ts";
import { MINUTE, type StepDefinition } from "./step.ts";

const MOST_PODS = 6;

const living = ({ nodes }: Simulation): readonly SimNode[] =>
  nodes.filter(({ power }) => power === "running");

function starts(isJob: boolean): StepDefinition["run"] {
  return (simulation: Simulation, dice: Dice) => {
    const node = dice.pick(living(simulation));
    const isFull = [...simulation.pods.all.values()].filter((pod) => pod.node === node).length >= MOST_PODS;
    if (node !== undefined && !isFull) simulation.pods.start(node, { isJob });
  };
}

const isStatic = ({ name }: SimPod): boolean => name.startsWith("db-");
const MOST_CLAIMS = 4;

/** Pods come and go. */
export const OF_PODS = {
  "pod-starts": { weight: 22, run: starts(false) },
  "job-starts": { weight: 4, run: starts(true) },
  "pod-stops": {
    weight: 10,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running);
      if (pod !== undefined) pods.stop(pod);
    },
  },
  "job-finishes": {
    weight: 4,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running.filter(({ isJob }) => isJob));
      if (pod !== undefined) pods.finish(pod, "Succeeded");
    },
  },
  "pod-evicted": {
    weight: 2,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running.filter((one) => !isStatic(one)));
      if (pod !== undefined) pods.finish(pod, "Failed");
    },
  },
  "pod-force-deleted": {
    weight: 4,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running);
      if (pod !== undefined) pods.forceDelete(pod, dice.length(1_000, 240 * MINUTE));
    },
  },
  "sandbox-remade": {
    weight: 4,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running);
      if (pod !== undefined) pods.remake(pod, dice.chance(0.5));
    },
  },
  "static-claimed": {
    weight: 3,
    run: ({ statics }, dice) => {
      if (statics.claims.length >= MOST_CLAIMS) return;
      const policy = dice.pick(["Never", "WithPod", "AfterExpiry", "AfterExpiry"] as const) ?? "Never";
      statics.claim(policy, dice.length(5 * MINUTE, 360 * MINUTE));
    },
  },
  "static-starts": {
    weight: 7,
    run: (simulation, dice) => {
      const { statics } = simulation;
      const claim = dice.pick(statics.claims.filter((one) => !statics.hasPod(one)));
      const { node: last } = claim?.place ?? {};
      const comesBack = last?.power === "running" && dice.chance(0.5);
      const node = comesBack ? last : dice.pick(living(simulation));
      if (claim !== undefined && node !== undefined) statics.start(claim, node);
    },
  },
  "static-stops": {
    weight: 3,
    run: ({ pods }, dice) => {
      const pod = dice.pick(pods.running.filter(isStatic));
      if (pod !== undefined) pods.stop(pod);
    },
  },
  "claim-dropped": {
    weight: 0.7,
    run: ({ statics }, dice) => {
      const claim = dice.pick(statics.claims.filter((one) => !statics.hasPod(one)));
      if (claim !== undefined) statics.drop(claim);
    },
  },
} as const satisfies Record<string, StepDefinition>;
