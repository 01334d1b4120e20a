import { Line } from "../../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "../../agent/agent-node.ts";
import { type Allocator, BOTH, laid, layClaim, leaseOfAnHourAgo } from "../../agent/laid.ts";
import { asked, two } from "../../agent/moving.ts";
import { distinct, type Request, requestOf } from "./request.ts";

/** Something that an agent goes through, every call of it by this line. */
type Story = (allocator: Allocator, line: Line) => Promise<unknown>;

/** A daemon begins anew; without one, each call is a process of its own. */
async function begins(agent: AgentNode, line: Line): Promise<void> {
  if (agent.node.allocator === "ipamd") await agent.restart(line);
}

const STORIES: Readonly<Record<string, Story>> = {
  "a new node, the Pods of which come and go": async (allocator, line) => {
    const { cluster, agent } = await laid({ allocator, secondaries: 3 });
    cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "a");
    await begins(agent, line);
    for (let pass = 0; pass < 15; pass++) {
      await agent.maintain(line);
      await cluster.clock.pass(10_000);
    }
    const request = agent.request("web");
    await agent.add(request, line);
    await agent.end(request, line);
    await agent.maintain(line);
  },
  "a pool that has too many": async (allocator, line) => {
    const { agent } = await laid({ allocator, secondaries: 9 });
    await begins(agent, line);
    await agent.maintain(line);
  },
  "an address that is gone from the pool when its VpcIP is there": async (allocator, line) => {
    const { cluster, agent } = await laid({ allocator });
    await begins(agent, line);
    let isTaken = false;
    cluster.world.kubernetes.onChange(({ resource, type }) => {
      if (resource.plural !== "vpcips" || type !== "ADDED" || isTaken) return;
      isTaken = true;
      agent.node.updateStatus((status) => ({
        ...status,
        sweepEpoch: (status.sweepEpoch ?? 0) + 1,
        pool: [],
      }));
    });
    await agent.add("web", line);
  },
  "a static claim's Pod, that comes back after a restore": async (allocator, line) => {
    const { cluster, a } = await two(allocator);
    await begins(a, line);
    await a.add("web", line);
    const saved = cluster.world.kubernetes.snapshot();
    const request = a.request("db");
    await a.add(request, line);
    cluster.world.kubernetes.restore(saved);
    leaseOfAnHourAgo(a);
    await begins(a, line);
    await a.maintain(line);
    await a.del(request.containerID, line);
    await a.add("db", line);
  },
  "a static claim that names another Pod": async (allocator, line) => {
    const { cluster, agent } = await laid({ allocator });
    layClaim(cluster);
    const request = agent.request("db");
    const address = await agent.address(request);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    layClaim(cluster, {}, { address, nodeName: "b", podUID: "another" });
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    leaseOfAnHourAgo(agent);
    await begins(agent, line);
    await agent.add("web", line);
  },
  "an address that moves away": async (allocator, line) => {
    const { a } = await asked(allocator);
    await begins(a, line);
    await a.maintain(line);
  },
  "an address that has moved here": async (allocator, line) => {
    const { a, b, next } = await asked(allocator);
    await a.maintain();
    await begins(b, line);
    await b.add(next, line);
  },
};

/** Every request that an agent makes, with a daemon and without. */
export async function requestsOfAgent(): Promise<readonly Request[]> {
  const lines: Line[] = [];
  for (const story of Object.values(STORIES)) {
    for (const allocator of BOTH) {
      const line = new Line();
      lines.push(line);
      await story(allocator, line);
    }
  }
  const calls = lines.flatMap(({ crossings }) => crossings).filter(({ to }) => to === "kubernetes");
  return distinct(calls.map(({ what }) => requestOf(what)));
}
