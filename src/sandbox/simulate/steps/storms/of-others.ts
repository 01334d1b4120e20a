import { layDetached } from "../../others.ts";
import { HOUR, MINUTE, type StepDefinition } from "../step.ts";
import {
  at,
  livingOf,
  marks,
  podsOn,
  ripens,
  type Scene,
  SECOND,
  starts,
  story,
  sweepOf,
  sweeps,
} from "./story.ts";

/** An instance that has just been terminated, with what lies about that names it: an orphan of ours, and what only looks like one. */
async function orphans(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { functions, clock } = simulation;
  if (!layDetached(simulation, node.name, dice)) return;
  await marks(scene);
  await ripens(scene);
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await clock.pass(5 * SECOND);
  simulation.spawn(functions.drain(6, dice.seed()));
  await clock.pass(20 * SECOND);
}

/** Somebody else has got a static claim's address meanwhile: another tenant, or an interface that an agent of ours left detached. */
async function stolen(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { statics, tenants, clock, pods, world, subnetID } = simulation;
  const claim = statics.claim("Never", HOUR);
  statics.start(claim, node);
  await clock.pass(15 * SECOND);
  const { place } = claim;
  const pod = pods.named(claim.name);
  if (place === undefined || pod === undefined || livingOf(simulation).length < 2) return;
  node.terminate();
  pods.lost(node);
  node.lookAtObjects();
  await clock.pass(20 * SECOND);
  const [other, owner] = [dice.pick(livingOf(simulation)), dice.pick(livingOf(simulation))];
  const isLeft = dice.chance(0.5);
  if (world.ec2.ownerOf(subnetID, place.address) === undefined) {
    if (isLeft && owner !== undefined) owner.leaks.leaveDetached(dice.below(2), place.address);
    else tenants.take(place.address);
  }
  if (other !== undefined) statics.start(claim, other);
  await marks(scene);
  await ripens(scene);
  await sweeps(scene);
  await clock.pass(MINUTE);
  if (!isLeft || dice.chance(0.2)) statics.drop(claim);
}

/** A Pod vanishes, and another one comes under its name; a claim is deleted, and one of its name comes. */
async function namesAgain(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { statics, pods, clock } = simulation;
  starts(scene, 1);
  await clock.pass(10 * SECOND);
  const pod = dice.pick(podsOn(scene));
  if (pod !== undefined) {
    node.agent.kill();
    pods.vanish(pod);
    pods.start(dice.pick(livingOf(simulation)) ?? node, { name: pod.name });
    node.agent.start();
  }
  const claim = dice.pick(statics.claims.filter((one) => !statics.hasPod(one) && one.place !== undefined));
  if (claim === undefined) return;
  statics.drop(claim);
  statics.claim("Never", HOUR, claim.name);
}

/** A person deletes the record of an address that lies for a static claim. */
async function recordDeleted(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  const { statics, clock, pods, world, log } = simulation;
  const claim = statics.claim("Never", HOUR);
  statics.start(claim, node);
  await clock.pass(15 * SECOND);
  const pod = pods.named(claim.name);
  if (pod?.isRunning !== true || claim.place === undefined) return;
  pods.stop(pod);
  await clock.pass(30 * SECOND);
  log.add("person", `deletes the record ${claim.place.address}`);
  world.api.delete("vpcips", { name: claim.place.address });
  await marks(scene);
  await ripens(scene);
  await sweeps(scene);
}

/** A prefix with addresses that Pods have, or with one that a person wants kept. */
async function prefix(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { clock, person } = simulation;
  const isUsed = dice.chance(0.5);
  if (!node.attachPrefix(isUsed ? 3 : 0)) return;
  if (isUsed) starts(scene, 4);
  await clock.pass(10 * SECOND);
  await marks(scene);
  await ripens(scene);
  if (!isUsed)
    at(scene, sweepOf(scene), /^PUT .*\/vpcips\//, {
      fate: () => {
        person.optOut(node.name, dice);
        return { fate: "through", name: "somebody was faster" };
      },
    });
  await sweeps(scene);
}

/** What is not ours, or not ours alone. */
export const OF_OTHERS = {
  "storm-orphans": story(0.2, orphans),
  "storm-stolen": story(0.15, stolen),
  "storm-names-again": story(0.25, namesAgain),
  "storm-record-deleted": story(0.2, recordDeleted),
  "storm-prefix": story(0.2, prefix, (node) => !node.hasPrefix),
} as const satisfies Record<string, StepDefinition>;
