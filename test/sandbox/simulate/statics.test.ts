import { expect, test } from "@jest/globals";
import { parseAddress } from "../../../src/domain/address.ts";
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
