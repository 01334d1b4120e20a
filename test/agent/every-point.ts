import { type Crossing, type Fate, Line, POINTS } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "./agent-node.ts";
import type { AgentCluster } from "./harness.ts";

export interface Failed {
  readonly point: string;
  readonly why: readonly string[];
}

/**
 * Makes an agent fail at each of its calls in turn, in each way, every time in a new cluster; starts it again, lets kubelet and
 * schedules go on as if nothing had been; and tells at which points something was left wrong.
 */
export async function atEveryPoint(
  lay: () => Promise<AgentNode>,
  act: (agent: AgentNode, line: Line) => Promise<unknown>,
  expected: (agent: AgentNode) => readonly string[] = () => [],
): Promise<{ readonly points: number; readonly failed: readonly Failed[] }> {
  const clean = new Line();
  await act(await lay(), clean);
  const failed: Failed[] = [];
  let points = 0;
  for (const [index, crossing] of clean.crossings.entries()) {
    for (const fate of POINTS.filter((one) => one.endsWith("before") || !isRead(crossing))) {
      points++;
      const agent = await lay();
      const line = lineFailing(index + 1, fate);
      await act(agent, line).catch(() => undefined);
      const why = await wrongAtTheEnd(agent, line);
      why.push(...expected(agent));
      if (why.length > 0) failed.push({ point: `${fate} at ${index + 1}: ${crossing.what}`, why });
    }
  }
  return { points, failed };
}

function lineFailing(nth: number, fate: Fate): Line {
  const line = new Line();
  line.fateOf = (_crossing, count) => (count === nth ? fate : "through");
  return line;
}

/** Whether a read took effect makes no difference. */
const isRead = ({ what }: Crossing): boolean => /^(GET|Describe|read)/.test(what);

async function wrongAtTheEnd(agent: AgentNode, line: Line): Promise<string[]> {
  const { cluster } = agent;
  if (line.isDead && agent.node.allocator === "ipamd") await agent.restart();
  // Some times: what one kubelet waits for, another node's upkeep may have to do first.
  for (let round = 0; round < 3; round++) {
    for (const one of cluster.agents.values()) await one.kubeletGoesOn();
    for (const one of cluster.agents.values()) await one.maintain();
    await cluster.wait(1);
  }
  await cluster.converge();
  return wrongIn(cluster, agent);
}

export async function wrongIn(cluster: AgentCluster, agent: AgentNode): Promise<string[]> {
  const wrong = [...cluster.misdeeds];
  wrong.push(...cluster.wrong.map((what) => `wrongly released: ${what}`));
  wrong.push(...cluster.leaks.map((address) => `still leaked: ${address}`));
  wrong.push(...unfinished(cluster).map((address) => `unfinished: ${address}`));
  wrong.push(...cluster.failures.map((error) => `failed: ${String(error)}`));
  wrong.push(...cluster.strays().map((address) => `a VpcIP without a sandbox: ${address}`));
  for (const one of cluster.agents.values())
    wrong.push(...one.withoutAddress().map((name) => `no address: ${name}`));
  if ((agent.status.refills ?? []).length > 0) wrong.push("an open refill is left");
  if (cluster.requests(agent.name).length > 0) wrong.push("requests are left on the lease");
  const added = await agent.add("last-one");
  if (added?.kind !== "added") wrong.push(`no Pod can be started: ${JSON.stringify(added)}`);
  return wrong;
}

/** What is over on a claimed record binds nobody: the reclaimer ends it when the claim does. */
function unfinished(cluster: AgentCluster): readonly string[] {
  const now = cluster.clock.now();
  return cluster.unfinished.filter((address) => {
    const { claim, leak, release, tombstones = [] } = cluster.record(address)?.spec ?? {};
    const isStanding = tombstones.some(({ until }) => Date.parse(until) > now);
    return claim === undefined || leak !== undefined || release !== undefined || isStanding;
  });
}
