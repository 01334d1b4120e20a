import { expect, test } from "@jest/globals";
import { parseAddress } from "../../../src/domain/address.ts";
import { Dice } from "../../../src/sandbox/simulate/dice.ts";
import type { SimNode } from "../../../src/sandbox/simulate/node.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";
import type { StaticClaim } from "../../../src/sandbox/simulate/statics.ts";

const MINUTE = 60_000;

/** A claim whose Pod has had an address and ended. */
async function ended(policy: StaticClaim["policy"]) {
  const simulation = new Simulation({ seed: 3, nodes: 1 });
  await simulation.start();
  const { statics, pods, clock, nodes, oracle } = simulation;
  const [node] = nodes;
  if (node === undefined) throw new Error("no node");
  const claim = statics.claim(policy, 60 * MINUTE);
  statics.start(claim, node);
  await clock.pass(MINUTE);
  const pod = pods.named(claim.name);
  if (pod === undefined || claim.place === undefined) throw new Error("no address");
  pods.stop(pod);
  await clock.pass(MINUTE);
  const { interfaceID } = claim.place;
  const address = parseAddress(claim.place.address);
  if (address === undefined) throw new Error("no address");
  return {
    clock,
    comesAgain: () => statics.start(claim, node),
    isRetained: () => oracle.retained(address, interfaceID) !== undefined,
  };
}

test("an address of a claim that lasts as long as its Pod is retained for no Pod that has only just come", async () => {
  const { isRetained, comesAgain, clock } = await ended("WithPod");
  expect(isRetained()).toBe(false);
  comesAgain();
  expect(isRetained()).toBe(false);
  await clock.pass(12 * MINUTE);
  expect(isRetained()).toBe(true);
});

test.each(["Never", "AfterExpiry"] as const)(
  "what policy %s retains is retained, whoever comes",
  async (policy) => {
    const { isRetained, comesAgain } = await ended(policy);
    expect(isRetained()).toBe(true);
    comesAgain();
    expect(isRetained()).toBe(true);
  },
);

async function running(): Promise<{ readonly simulation: Simulation; readonly node: SimNode }> {
  const simulation = new Simulation({ seed: 3, nodes: 1 });
  await simulation.start();
  const [node] = simulation.nodes;
  if (node === undefined) throw new Error("no node");
  return { simulation, node };
}

const isRetained = ({ oracle }: Simulation, place: StaticClaim["place"]): boolean =>
  place !== undefined && oracle.retained(place.address, place.interfaceID) !== undefined;

test("what a claim was given for a Pod that the API server has forgotten is retained", async () => {
  const { simulation, node } = await running();
  const { statics, pods, clock } = simulation;
  const claim = statics.claim("Never", 0);
  statics.start(claim, node);
  const pod = pods.named(claim.name);
  if (pod === undefined) throw new Error("no Pod");
  pods.forceDelete(pod, MINUTE);
  await clock.pass(2 * MINUTE);
  expect(isRetained(simulation, claim.place)).toBe(true);
});

test("a claim that an older etcd brings back has the address that it says, not the one that its Pod got without it", async () => {
  const { simulation, node } = await running();
  const { statics, pods, clock, etcd } = simulation;
  const claim = statics.claim("Never", 0);
  statics.start(claim, node);
  await clock.pass(MINUTE);
  const stop = (): void => {
    const pod = pods.named(claim.name);
    if (pod !== undefined) pods.stop(pod);
  };
  stop();
  await clock.pass(MINUTE);
  const { place } = claim;
  etcd.save();
  etcd.makeKindAgain(new Dice(1), "vpcipclaims.vpcip.dev");
  statics.start(claim, node);
  await clock.pass(MINUTE);
  const [other] = node.sandboxes.values();
  expect(other?.podName).toBe(claim.name);
  etcd.restore(new Dice(1));
  stop();
  await clock.pass(MINUTE);
  expect(claim.place).toEqual(place);
  expect(isRetained(simulation, place)).toBe(true);
});
