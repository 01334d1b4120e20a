import type { Simulation } from "./simulation.ts";

const SHARE = 0.4;
const HOUR = 60 * 60_000;
const FEW_PODS = 5;

/** What happens last, so that nothing else comes in its way: whatever it leaves must be found by itself. */
export function lastActs(simulation: Simulation): void {
  const { dice } = simulation;
  if (dice.chance(SHARE)) comesElsewhere(simulation);
  if (dice.chance(SHARE)) claimedAgain(simulation);
}

/** An instance goes, and a Pod of the same name comes on another node. */
function comesElsewhere({ nodes, pods, dice }: Simulation): void {
  const living = nodes.filter(({ power }) => power === "running");
  const pod = dice.pick(
    pods.running.filter(({ name, node }) => living.includes(node) && !name.startsWith("db-")),
  );
  const count = (of: (typeof living)[number]): number =>
    [...pods.all.values()].filter(({ node }) => node === of).length;
  const other = living.find((node) => node !== pod?.node && count(node) < FEW_PODS);
  if (pod === undefined || other === undefined) return;
  const { name, node } = pod;
  node.terminate();
  pods.lost(node);
  node.lookAtObjects();
  pods.start(other, { name });
}

/** A claim is deleted, and another one made under its name. */
function claimedAgain({ statics, dice }: Simulation): void {
  const claim = dice.pick(statics.claims.filter((one) => !statics.hasPod(one) && one.place !== undefined));
  if (claim === undefined) return;
  statics.drop(claim);
  statics.claim("Never", HOUR, claim.name);
}
