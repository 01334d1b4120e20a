import { NO_FAULTS } from "./faults.ts";
import { lastActs } from "./last-acts.ts";
import type { Simulation } from "./simulation.ts";
import { unsettled } from "./unsettled.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const BOUND_MILLISECONDS = 3 * DAY;
/** Between five-minute runs at first. Later they come less often than they do: fewer must be enough, too. */
const FIRST_GAP_MILLISECONDS = 5 * MINUTE;
/** How often daily runs are waited for although all is well: what must never go would go then, at two looks. */
const LONG_SHARE = 0.3;
const LONG_COLLECTS = 2;
/** Nothing waits for longer than this but for the daily run. */
const LONGEST_MILLISECONDS = 80 * MINUTE;

/**
 * The faults and everything that disturbs are over; the schedules go on. A due run in which nothing was done lets the next one
 * come later: what it would do in between is nothing again.
 *
 * @returns what has not come right within three days; empty where all has
 */
export async function settle(simulation: Simulation): Promise<readonly string[]> {
  calm(simulation);
  const { clock, functions, oracle, dice } = simulation;
  const end = clock.now() + BOUND_MILLISECONDS;
  let nextCollect = clock.now() + dice.below(DAY);
  let gap = FIRST_GAP_MILLISECONDS;
  let collectsLeft = dice.chance(LONG_SHARE) ? LONG_COLLECTS : 0;
  for (;;) {
    const before = simulation.progress;
    simulation.person.lets(simulation.nodes, simulation.spawn);
    const isDaily = clock.now() >= nextCollect;
    if (isDaily) nextCollect += DAY;
    if (isDaily) collectsLeft--;
    simulation.spawn(functions.collect({ kind: isDaily ? "leaks" : "due" }, simulation.nextSeed()));
    await clock.pass(MINUTE);
    for (let round = 0; round < 10; round++) {
      const drained = functions.drain(3, simulation.nextSeed());
      simulation.spawn(drained);
      await clock.pass(10_000);
      if (simulation.world.queue.counts().visible === 0) break;
    }
    if (oracle.broken !== undefined) return [];
    const wrong = unsettled(simulation);
    if ((wrong.length === 0 && collectsLeft <= 0) || clock.now() >= end) return wrong;
    const isNothing = simulation.progress === before;
    // What a daily run finds, the five-minute runs after it finish.
    gap = isDaily && !isNothing ? FIRST_GAP_MILLISECONDS : gap * (isNothing ? 2 : 1.5);
    const untilCollect = nextCollect - clock.now();
    const wait = gap > LONGEST_MILLISECONDS ? untilCollect : Math.min(gap, untilCollect);
    await clock.pass(Math.max(MINUTE, Math.min(wait, untilMessage(simulation))));
  }
}

/** A message is delivered when its delay is over, whatever the schedules do. */
function untilMessage({ clock, world }: Simulation): number {
  const at = world.queue.nextVisibleAt();
  return at === undefined ? Number.POSITIVE_INFINITY : at - clock.now();
}

function calm(simulation: Simulation): void {
  const { world, nodes, tenants, log } = simulation;
  log.add("simulation", "the faults are over");
  simulation.rates = { functions: NO_FAULTS, agents: NO_FAULTS };
  simulation.badClocks = 0;
  simulation.settings = {
    ...simulation.settings,
    breaker: { ...simulation.settings.breaker, minimumLeaks: 10_000 },
  };
  world.ec2.setDescribeLag(0);
  world.kubernetes.staleness = { anyLagMs: 0, allLagMs: 0 };
  tenants.greed = 0;
  tenants.leave();
  simulation.person.keepsNothing();
  for (const node of nodes) {
    node.setClock(0);
    node.resume();
    if (node.power === "running") node.agent.start();
  }
  lastActs(simulation);
}
