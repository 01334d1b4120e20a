import { expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import type { AgentNode } from "./agent-node.ts";
import { atEveryPoint } from "./every-point.ts";
import { AgentCluster } from "./harness.ts";

/** A node with one Pod that runs, and one to come. */
function laying(allocator: "ipamd" | "cni", more: { readonly spare?: number } = {}) {
  return async (): Promise<AgentNode> => {
    const cluster = new AgentCluster();
    const agent = cluster.agent("a", { allocator, secondaries: 4 });
    for (let left = 0; left < (more.spare ?? 0); left++) agent.node.spare();
    agent.node.poolSpares();
    await cluster.start();
    await agent.start();
    await agent.address("first");
    await agent.maintain();
    return agent;
  };
}

/** The agent's calls go through this line from here on. */
async function through(agent: AgentNode, line: import("../../src/sandbox/in-process/index.ts").Line) {
  if (agent.node.allocator === "ipamd") await agent.restart(line);
}

const first = (agent: AgentNode): AddRequest => {
  const [request] = [...agent.wanted.values()];
  if (request === undefined) throw new Error("no Pod runs");
  return request;
};

for (const allocator of ["ipamd", "cni"] as const) {
  test(`H71 H75 ${allocator}: whatever call of an ADD is lost, or its last, every Pod has its address and nothing leaks`, async () => {
    const { points, failed } = await atEveryPoint(laying(allocator), async (agent, line) => {
      await through(agent, line);
      await agent.add("web", line);
    });
    expect(failed).toEqual([]);
    expect(points).toBeGreaterThan(12);
  }, 120_000);

  test(`H27 H43 ${allocator}: whatever call of a DEL is lost, or its last, the address comes back`, async () => {
    const { points, failed } = await atEveryPoint(laying(allocator), async (agent, line) => {
      await through(agent, line);
      await agent.end(first(agent), line);
    });
    expect(failed).toEqual([]);
    expect(points).toBeGreaterThan(12);
  }, 120_000);

  test(`H40 ${allocator}: whatever call of a refill is lost, or its last, nothing of it leaks`, async () => {
    const low = async () => {
      const agent = await laying(allocator)();
      await agent.address("second");
      await agent.address("third");
      return agent;
    };
    const { points, failed } = await atEveryPoint(low, async (agent, line) => {
      await through(agent, line);
      await agent.maintain(line);
    });
    expect(failed).toEqual([]);
    expect(points).toBeGreaterThan(12);
  }, 120_000);

  test(`H48 ${allocator}: whatever call of a shrink is lost, or its last, what is too much goes, once`, async () => {
    const full = async () => {
      const cluster = new AgentCluster();
      const agent = cluster.agent("a", { allocator, secondaries: 8 });
      agent.node.poolSpares();
      await cluster.start();
      await agent.start();
      await agent.address("first");
      return agent;
    };
    const { points, failed } = await atEveryPoint(full, async (agent, line) => {
      await through(agent, line);
      await agent.maintain(line);
    });
    expect(failed).toEqual([]);
    expect(points).toBeGreaterThan(20);
  }, 120_000);
}
