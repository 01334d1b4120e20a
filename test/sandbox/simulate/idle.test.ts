import { expect, test } from "@jest/globals";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { AGENT_USER } from "../../../src/sandbox/engine/world.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A cluster of one node on which nothing happens, and how many calls its agent makes in so long a time. */
async function quiet() {
  const simulation = new Simulation({ seed: 1, nodes: 1 });
  await simulation.start();
  const { clock, world, nodes } = simulation;
  const total = () =>
    Object.values(world.kubernetes.calls.byVerb({ user: AGENT_USER })).reduce((sum, one) => sum + one, 0);
  const callsIn = async (milliseconds: number): Promise<number> => {
    const before = total();
    await clock.pass(milliseconds);
    return total() - before;
  };
  return { callsIn, world, node: nodes[0] };
}

test("an agent that finds nothing to do looks less and less often, until something happens on its node", async () => {
  const { callsIn, node } = await quiet();
  await callsIn(HOUR);
  const [first, second] = [await callsIn(6 * HOUR), await callsIn(6 * HOUR)];
  expect(second).toBeLessThanOrEqual(first);
  expect(second).toBeLessThan(20);
  node?.agent.busy();
  expect(await callsIn(10 * MINUTE)).toBeGreaterThan(0);
});

test("a write to its lease wakes an agent only where somebody asks for it", async () => {
  const { callsIn, world } = await quiet();
  await callsIn(HOUR);
  const key = { namespace: SYSTEM_NAMESPACE, name: "node-0" };
  const annotate = (annotations: Readonly<Record<string, string>>): void => {
    const lease = world.api.get("leases", key);
    world.api.replace("leases", { ...lease, metadata: { ...lease?.metadata, ...key, annotations } });
  };
  annotate({ "somebody.example/note": "x" });
  expect(await callsIn(1_000)).toBe(0);
  annotate({ [`${ANNOTATION.handOverRequestPrefix}one`]: "15" });
  expect(await callsIn(1_000)).toBeGreaterThan(0);
});
