import { expect, test } from "@jest/globals";
import type { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "./agent-node.ts";
import { atEveryPoint } from "./every-point.ts";
import { type Allocator, BOTH } from "./laid.ts";
import { claimOf, two } from "./moving.ts";

type Step = "first" | "back" | "away" | "arrive";

/** Two nodes; the agent under test is the one that has the work of that step. */
async function laid(allocator: Allocator, step: Step): Promise<AgentNode> {
  const { a, b } = await two(allocator);
  if (step === "first") return a;
  const old = a.request("db");
  await a.address(old);
  await a.end(old);
  if (step === "back") return a;
  await b.add("db");
  if (step === "away") return a;
  await a.maintain();
  return b;
}

/** The claim's address is on one interface, where the record says, and where its Pod's sandbox has it. */
function wrongWithClaim(agent: AgentNode): readonly string[] {
  const { cluster } = agent;
  const address = claimOf(cluster).status?.address ?? "none";
  const holders = cluster.world.ec2
    .snapshot()
    .filter(({ secondary }) => secondary.some((one) => one === address));
  const wrong: string[] = [];
  if (holders.length !== 1) wrong.push(`${address} is on ${holders.length} interfaces`);
  const { spec } = cluster.record(address) ?? {};
  if (spec?.interfaceID !== holders[0]?.id)
    wrong.push(`its record says ${spec?.interfaceID}, EC2 ${holders[0]?.id}`);
  const pods = [...cluster.agents.values()].flatMap(({ node }) => [...node.pods.values()]);
  const holder = pods.find(({ name }) => name === "db");
  if (holder?.address !== address) wrong.push(`the Pod has ${holder?.address}, its claim says ${address}`);
  return wrong;
}

const WORK: Readonly<Record<Step, (agent: AgentNode, line: Line) => Promise<unknown>>> = {
  first: (agent, line) => agent.add("db", line),
  back: (agent, line) => agent.add("db", line),
  away: (agent, line) => agent.maintain(line),
  arrive: (agent, line) => agent.add([...agent.wanted.values()][0] ?? "db", line),
};

const SAYS: Readonly<Record<Step, string>> = {
  first: "a static Pod's first ADD",
  back: "the ADD of a static Pod that comes back",
  away: "letting a static address go",
  arrive: "the ADD of a static Pod that has moved",
};

for (const allocator of BOTH) {
  for (const step of ["first", "back", "away", "arrive"] as const) {
    test(`H48 ${allocator}: whatever call of ${SAYS[step]} is lost, or its last, the claim's Pod gets the claim's address`, async () => {
      const { points, failed } = await atEveryPoint(
        () => laid(allocator, step),
        async (agent, line) => {
          if (allocator === "ipamd") await agent.restart(line);
          await WORK[step](agent, line);
        },
        wrongWithClaim,
      );
      expect(failed).toEqual([]);
      expect(points).toBeGreaterThan(12);
    }, 120_000);
  }
}
