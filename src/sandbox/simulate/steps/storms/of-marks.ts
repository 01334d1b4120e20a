import { MINUTE, type StepDefinition } from "../step.ts";
import {
  at,
  marks,
  podsOn,
  ripens,
  type Scene,
  SECOND,
  starts,
  story,
  sweepOf,
  sweeps,
  sweepsAgain,
} from "./story.ts";

/** What is old enough goes; what is young, or was not marked, stays. */
async function twoAges(scene: Scene): Promise<void> {
  const { node, simulation } = scene;
  node.leaks.make(2);
  starts(scene, 1);
  await marks(scene);
  await ripens(scene);
  node.leaks.make(2);
  await marks(scene);
  const [pod] = podsOn(scene);
  if (pod !== undefined) simulation.pods.vanish(pod);
  await sweeps(scene);
}

/** `kubectl delete --force`: the API says that the Pod is gone, and its sandbox lives on. */
async function forced(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  starts(scene, 2);
  await simulation.clock.pass(10 * SECOND);
  for (const pod of podsOn(scene).slice(-2)) simulation.pods.forceDelete(pod, 3 * 60 * MINUTE);
  await marks(scene);
  await ripens(scene);
  const isDeaf = dice.chance(0.6);
  if (isDeaf) {
    starts(scene, 1);
    await simulation.clock.pass(5 * SECOND);
    node.agent.kill();
  }
  await sweeps(scene);
  if (!isDeaf) return;
  await sweepsAgain(scene, 3);
  node.agent.start();
}

/** An allocator dies while addresses rest: what its last report says of them stands until it is back. */
async function resting(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  starts(scene, 2);
  await simulation.clock.pass(10 * SECOND);
  for (const pod of podsOn(scene).slice(0, 3)) simulation.pods.stop(pod);
  await simulation.clock.pass(3 * SECOND);
  node.agent.kill();
  await marks(scene);
  await ripens(scene);
  await sweeps(scene);
  node.agent.start();
  starts(scene, 5);
  await simulation.clock.pass(15 * SECOND);
}

/** A person wants an address kept: before the sweep, or in the middle of it. */
async function optedOut(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leaks.make(2);
  await marks(scene);
  await ripens(scene);
  if (dice.chance(0.4)) simulation.person.optOut(node.name, dice);
  else
    at(scene, sweepOf(scene), /^PUT .*\/vpcips\//, {
      fate: () => {
        simulation.person.optOut(node.name, dice);
        return { fate: "through", name: "somebody was faster" };
      },
    });
  await sweeps(scene);
}

/** What the functions may look at, and nothing more. */
async function onlyLooks(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { settings, functions, clock } = simulation;
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  const isDryRun = dice.chance(0.4);
  if (!isDryRun) simulation.settings = { ...settings, mode: "observe" };
  simulation.spawn(
    functions.clean(
      { requestId: `look-${dice.below(100)}`, dryRun: isDryRun, nodes: [node.name] },
      dice.seed(),
    ),
  );
  await clock.pass(15 * SECOND);
  if (!isDryRun) await sweeps(scene);
  simulation.settings = settings;
}

/** More looks leaked than a breaker lets go. */
async function enMasse(scene: Scene): Promise<void> {
  const { simulation } = scene;
  const { settings, oracle, nodes, world, subnetID, clock } = simulation;
  const living = nodes.filter(({ power }) => power === "running");
  const total = nodes.length * 10;
  if (world.ec2.free(subnetID).addresses < total || living.length < nodes.length) return;
  simulation.settings = {
    ...settings,
    breaker: { nodeShare: 0.15, subnetShare: 0.1, clusterShare: 0.1, minimumLeaks: 4 },
  };
  for (const node of living) for (let nth = 0; nth < 2; nth++) node.leaks.make(3);
  // An old view of EC2 would show a part of it, and nobody could know.
  world.ec2.setDescribeLag(0);
  await marks(scene);
  // Nobody can know of a breaker before the daily run has written it; within a minute every path obeys (design §4.8).
  await clock.pass(MINUTE);
  oracle.breaker = "more than a tenth of the cluster was made to leak";
  await ripens(scene);
  await sweeps(scene);
  oracle.breaker = undefined;
  simulation.settings = settings;
  for (const node of living) node.leaks.giveBack();
}

/** A message that came twice: nothing is to be done any more. */
async function twice(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  await sweeps(scene);
  await simulation.clock.pass(20 * SECOND);
  await sweeps(scene);
}

/** What is marked, and what of it may go. */
export const OF_MARKS = {
  "storm-two-ages": story(0.3, twoAges),
  "storm-forced": story(0.35, forced),
  "storm-resting": story(0.25, resting, ({ kind }) => kind === "cni"),
  "storm-opt-out": story(0.3, optedOut),
  "storm-only-looks": story(0.25, onlyLooks),
  "storm-en-masse": story(0.15, enMasse),
  "storm-twice": story(0.2, twice),
} as const satisfies Record<string, StepDefinition>;
