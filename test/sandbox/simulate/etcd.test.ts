import { expect, test } from "@jest/globals";
import { Dice } from "../../../src/sandbox/simulate/dice.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";

const QUARTER = 16 * 60_000;

async function saved(): Promise<Simulation> {
  const simulation = new Simulation({ seed: 1, nodes: 1 });
  await simulation.start();
  simulation.etcd.save();
  return simulation;
}

/** Whether the judge would let a function give something back a quarter of an hour later. */
async function mayRelease({ clock, oracle }: Simulation): Promise<boolean> {
  await clock.pass(QUARTER);
  oracle.sends("function 99 sweep node-0", "DeleteNetworkInterface eni-1");
  return oracle.broken?.promise !== "forgotten";
}

const dice = (): Dice => new Dice(1);
const collects = (simulation: Simulation): Promise<boolean> =>
  simulation.clock.until(simulation.functions.collect({ kind: "due" }, 1));

test("a kind that was made again is a loss of memory", async () => {
  const simulation = await saved();
  simulation.etcd.makeKindAgain(dice(), "vpcips.vpcip.dev");
  expect(await mayRelease(simulation)).toBe(false);
});

test("a loss that was undone before any function ran can be told by nobody", async () => {
  const simulation = await saved();
  simulation.etcd.makeKindAgain(dice(), "vpcips.vpcip.dev");
  simulation.etcd.restore(dice());
  expect(await mayRelease(simulation)).toBe(true);
});

test("a loss that a function has seen is one until a person's word, whatever undoes it", async () => {
  const simulation = await saved();
  simulation.etcd.makeKindAgain(dice(), "vpcips.vpcip.dev");
  await collects(simulation);
  simulation.etcd.restore(dice());
  expect(await mayRelease(simulation)).toBe(false);
});

test("an etcd that was saved with a person's word, which no run has used since, can be told from the one before by nobody", async () => {
  const simulation = await saved();
  await collects(simulation);
  simulation.etcd.restore(dice());
  await collects(simulation);
  await simulation.clock.until(simulation.person.accept(simulation.nodes));
  simulation.etcd.save();
  simulation.etcd.restore(dice());
  expect(await mayRelease(simulation)).toBe(true);
});

test("an etcd that was saved with a word that was used since is a loss of memory", async () => {
  const simulation = await saved();
  await collects(simulation);
  simulation.etcd.restore(dice());
  await collects(simulation);
  await simulation.clock.until(simulation.person.accept(simulation.nodes));
  simulation.etcd.save();
  await collects(simulation);
  simulation.etcd.restore(dice());
  expect(await mayRelease(simulation)).toBe(false);
});

test("an etcd of before a run that was counted is a loss of memory", async () => {
  const simulation = await saved();
  await collects(simulation);
  simulation.etcd.restore(dice());
  expect(await mayRelease(simulation)).toBe(false);
});
