import type { SimNode } from "../node.ts";
import type { Simulation } from "../simulation.ts";
import { HOUR, MINUTE, type StepDefinition } from "./step.ts";

const having = ({ nodes }: Simulation, power: SimNode["power"]): readonly SimNode[] =>
  nodes.filter((node) => node.power === power);

/** Nodes, their instances and their allocators. */
export const OF_NODES = {
  "node-terminated": {
    weight: 1.5,
    run: (simulation, dice) => {
      const node = dice.pick([...having(simulation, "running"), ...having(simulation, "stopped")]);
      if (node === undefined) return;
      node.terminate();
      const { instanceID } = node;
      for (let events = dice.below(3); events > 0; events--) {
        const [seed, after] = [dice.seed(), dice.length(1_000, HOUR)];
        const tell = (): Promise<boolean> =>
          simulation.functions.collect({ kind: "instance-terminated", instanceID }, seed);
        simulation.spawn(simulation.sleep(after).then(tell));
      }
      const delay = dice.length(1_000, HOUR);
      simulation.spawn(
        simulation.sleep(delay).then(() => {
          simulation.pods.lost(node);
          if (simulation.nodes.includes(node)) node.lookAtObjects();
        }),
      );
    },
  },
  "node-returns": {
    weight: 2,
    run: (simulation, dice) => {
      const node = dice.pick(having(simulation, "gone"));
      if (node === undefined || !simulation.hasRoom) return;
      simulation.pods.lost(node);
      simulation.launch(node.name);
    },
  },
  "node-reboots": {
    weight: 1.5,
    run: (simulation, dice) => {
      const node = dice.pick(having(simulation, "running"));
      if (node === undefined) return;
      node.reboot();
      simulation.pods.rebooted(node);
    },
  },
  "node-stops": {
    weight: 1,
    run: (simulation, dice) => dice.pick(having(simulation, "running"))?.stop(),
  },
  "node-resumes": {
    weight: 2,
    run: (simulation, dice) => dice.pick(having(simulation, "stopped"))?.resume(),
  },
  "agent-killed": {
    weight: 4,
    run: (simulation, dice) => {
      const node = dice.pick(having(simulation, "running"));
      if (node === undefined) return;
      node.agent.kill();
      const { epoch } = node;
      const again = (): void => {
        if (node.epoch === epoch && node.power === "running") node.agent.start();
      };
      simulation.spawn(simulation.sleep(dice.length(500, 10 * MINUTE)).then(again));
    },
  },
  "agent-paused": {
    weight: 4,
    run: (simulation, dice) => {
      const node = dice.pick(having(simulation, "running"));
      node?.agent.pause(simulation.sleep(dice.length(1_000, 30 * MINUTE)));
    },
  },
  "node-clock-set": {
    weight: 1,
    run: (simulation, dice) => {
      const node = dice.pick(simulation.nodes);
      node?.setClock(dice.chance(0.5) ? 0 : (dice.next() * 2 - 1) * 10 * MINUTE);
    },
  },
} as const satisfies Record<string, StepDefinition>;
