import { expect, test } from "@jest/globals";
import { settle } from "../../../src/sandbox/simulate/settle.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";

const RUN = "of-the-test";
const HOUR = 60 * 60_000;

/** A cluster of one node whose first daily run comes twelve hours from now, when nothing was done for long. */
async function started({ isLong }: { readonly isLong: boolean }) {
  const simulation = new Simulation({ seed: 1, nodes: 1 });
  await simulation.start();
  const { clock, dice, functions, world } = simulation;
  const below = dice.below.bind(dice);
  dice.below = (bound) => (bound === 24 * HOUR ? 12 * HOUR : below(bound));
  dice.chance = () => isLong;
  const daily: number[] = [];
  const delivered: number[] = [];
  const collect = functions.collect.bind(functions);
  functions.collect = (request, seed) => {
    if (request.kind === "leaks") daily.push(clock.now());
    return collect(request, seed);
  };
  const drain = functions.drain.bind(functions);
  functions.drain = (maximum, seed) => {
    const at = clock.now();
    const ours = world.queue.messages().filter(({ body }) => body.includes(RUN));
    if (ours.some(({ visibleAt }) => visibleAt <= at)) delivered.push(at);
    return drain(maximum, seed);
  };
  return { simulation, daily, delivered };
}

test("what a daily run finds, the five-minute runs after it finish, however long nothing was done before", async () => {
  const { simulation, daily } = await started({ isLong: false });
  simulation.nodes[0]?.leaks.make(1);
  expect(await settle(simulation)).toEqual([]);
  expect(daily).toHaveLength(1);
});

test("a message that waits is delivered when its delay is over, and not only with the next daily run", async () => {
  const { simulation, daily, delivered } = await started({ isLong: true });
  const { clock, functions, world } = simulation;
  const collect = functions.collect.bind(functions);
  functions.collect = (request, seed) => {
    const message = { node: "node-0", run: RUN, attempt: 0, delaySeconds: 900 };
    if (request.kind === "leaks" && daily.length === 0)
      world.queue.send(JSON.stringify(message), message.delaySeconds);
    return collect(request, seed);
  };
  expect(await settle(simulation)).toEqual([]);
  expect(daily).toHaveLength(2);
  const [at = 0] = daily;
  expect(delivered[0]).toBeLessThan(at + HOUR);
  expect(clock.now() - at).toBeGreaterThan(23 * HOUR);
});
