import { collectFunction } from "../../../functions/wiring/collect.ts";
import { reclaimFunction } from "../../../functions/wiring/reclaim.ts";
import { watchPools } from "../in-process/pool-truth.ts";
import { type Laid, ONE_DAY, type Scenario, type Step } from "../scenarios/scenario.ts";
import type { Allocator } from "./allocator.ts";
import { drainQueue, MAXIMUM_CONCURRENCY } from "./event-source.ts";
import { mapSubnet } from "./map.ts";
import { seededIdentities } from "./random.ts";
import type { Progress, Run, RunReport } from "./report.ts";
import { type Environment, type FunctionName, SIMULATORS, type Stage, type Venue } from "./venue.ts";
import { Witness } from "./witness.ts";
import { RECLAIMER_KEY, sessionOf, type World } from "./world.ts";

/**
 * Lays a scenario, starts the servers, and runs the real functions against them through the real AWS SDK and the real
 * Kubernetes client, while Pods start and stop. What was right and wrong is told by the simulator's truth alone.
 */
export async function runScenario(
  scenario: Scenario,
  seed: number,
  progress: Progress,
  venue: Venue = SIMULATORS,
): Promise<Run> {
  try {
    return await play(await venue.newWorld(seed), venue, scenario, seed, progress);
  } finally {
    await venue.close();
  }
}

async function play(
  world: World,
  venue: Venue,
  scenario: Scenario,
  seed: number,
  progress: Progress,
): Promise<Run> {
  const startedAt = performance.now();
  try {
    progress(`laying ${scenario.name}`);
    watchPools(world);
    const laid = await scenario.lay(world);
    const before = laid.subnets.map(({ id, cidr }) => mapSubnet(world, id, cidr));
    const size = sizeOf(world);
    const stage = await venue.open(world, laid);
    const virtualStart = world.clock.now();
    const witness = new Witness();
    const failures: string[] = [];
    const stopChurn = churn(world, laid.busy, (why) => failures.push(why));
    await walk(world, stage, scenario, laid, witness, failures, progress);
    await stopChurn();
    await stage.readBack();
    const dead = (await stage.deadLetters()).map((body) => `in the dead-letter queue: ${body}`);
    const report = reportOf(world, stage, scenario, seed, witness, [...failures, ...dead], size);
    return {
      where: venue.where,
      report,
      before,
      after: laid.subnets.map(({ id, cidr }) => mapSubnet(world, id, cidr)),
      virtualSeconds: Math.round((world.clock.now() - virtualStart) / 1000),
      realMilliseconds: Math.round(performance.now() - startedAt),
    };
  } finally {
    await world.stop();
  }
}

const environmentOf = (stage: Stage, scenario: Scenario, name: FunctionName): Environment => ({
  ...stage.environmentOf(name),
  // As on Lambda, where the session is that of the function's own role.
  AWS_SESSION_TOKEN: sessionOf(name),
  RECLAIMER_MODE: "release",
  RECLAIMER_MAXIMUM_CONCURRENCY: String(MAXIMUM_CONCURRENCY),
  ...scenario.environment,
});

async function walk(
  world: World,
  stage: Stage,
  scenario: Scenario,
  laid: Laid,
  witness: Witness,
  failures: string[],
  progress: Progress,
): Promise<void> {
  const identities = seededIdentities(world.random);
  const overrides = { clock: world.clock, identities, notices: witness, write: () => undefined };
  const collect = collectFunction(environmentOf(stage, scenario, "collect"), overrides);
  const reclaim = reclaimFunction(environmentOf(stage, scenario, "reclaim"), overrides);
  const fail = (why: string) => failures.push(why);
  for (const step of scenario.steps ?? ONE_DAY) {
    progress(describe(step));
    switch (step.do) {
      case "collect":
        await collect({ kind: step.kind }).catch((error: unknown) => fail(`collect: ${String(error)}`));
        break;
      case "drain":
        await drainQueue(stage.queue, world.clock, (event) => reclaim(event), fail);
        break;
      case "wait":
        world.clock.advance(step.minutes * 60_000);
        break;
      case "event":
        await happen(laid, step.name, fail);
    }
  }
}

async function happen(laid: Laid, name: string, fail: (why: string) => void): Promise<void> {
  try {
    await laid.events?.[name]?.();
  } catch (error) {
    fail(`${name}: ${String(error)}`);
  }
}

function describe(step: Step): string {
  switch (step.do) {
    case "collect":
      return step.kind === "leaks" ? "collect: listing, marking" : "collect: queueing what is due";
    case "drain":
      return "reclaim: sweeping node by node";
    case "wait":
      return `${step.minutes} minutes pass`;
    case "event":
      return step.name;
  }
}

/** Pods start and stop on some nodes while the functions run. Returns how to end it. */
function churn(world: World, busy: readonly Allocator[], fail: (why: string) => void): () => Promise<void> {
  let isOver = false;
  const loop = async (allocator: Allocator): Promise<void> => {
    while (!isOver) {
      const pods = [...allocator.node.pods.values()].filter(({ name }) => name.startsWith("churn-"));
      const [oldest] = pods;
      if (oldest !== undefined && (pods.length > 2 || world.random() < 0.5)) await allocator.stopPod(oldest);
      else await allocator.startPod();
      await world.clock.sleepInBackground(100 + world.random() * 900);
    }
  };
  const loops = busy.map((allocator) =>
    loop(allocator).catch((error: unknown) => fail(`Pods on ${allocator.node.name}: ${String(error)}`)),
  );
  return async () => {
    isOver = true;
    await Promise.all(loops);
  };
}

interface Size {
  readonly interfaces: number;
  readonly addresses: number;
}

function sizeOf(world: World): Size {
  const all = world.ec2.snapshot();
  const addresses = all.reduce((sum, item) => sum + item.secondary.length + 16 * item.prefixes.length, 0);
  return { interfaces: all.length, addresses };
}

function reportOf(
  world: World,
  stage: Stage,
  scenario: Scenario,
  seed: number,
  witness: Witness,
  failures: readonly string[],
  size: Size,
): RunReport {
  const leaks = world.truth.leaks();
  const heldBack = leaks.flatMap((leak) => {
    const reason = world.truth.heldBackBy(leak);
    return reason === undefined ? [] : [{ address: leak.address, interface: leak.interface, reason }];
  });
  const byID = new Map(world.ec2.snapshot().map((item) => [item.id, item]));
  const parts = witness.parts((address, interfaceID) => {
    const item = byID.get(interfaceID);
    return (
      item !== undefined &&
      (item.secondary.includes(address) || item.prefixes.length > 0 || item.primary === address)
    );
  });
  return {
    scenario: scenario.name,
    seed,
    ...size,
    ...parts,
    heldBack,
    wronglyReleased: world.truth.wronglyReleased.map(({ address, interface: id, need }) => ({
      address,
      interface: id,
      need,
    })),
    stillLeaked: leaks.filter((leak) => world.truth.heldBackBy(leak) === undefined),
    calls: {
      ec2: world.ec2.calls.byAction(RECLAIMER_KEY),
      kubernetes: stage.kubernetesCalls(),
    },
    failures,
  };
}
