import { expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "./agent-node.ts";
import { BOTH, laid } from "./laid.ts";

/** What an agent asks of the API server and of EC2, by kind: its own host costs nobody anything. */
class Counted {
  readonly line = new Line();
  #from = 0;

  /** Calls since it was last asked. */
  next(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { to, what } of this.line.crossings.slice(this.#from)) {
      if (to === "host") continue;
      const name = shortly(what);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    this.#from = this.line.crossings.length;
    return counts;
  }
}

function shortly(what: string): string {
  const [verb = "", path = ""] = what.replace(/\?.*/, "").split(" ");
  const kind = /(leases|nodeeniconfigs|vpcipclaims|vpcips|configmaps|kube-system)/.exec(path)?.[1];
  if (kind === undefined) return verb;
  return `${verb === "GET" && path.endsWith("/vpcips") ? "LIST" : verb} ${kind}`;
}

/** A node whose agent has started, with a Pod and nothing left to do. */
async function quiet(allocator: "ipamd" | "cni") {
  const { cluster, agent } = await laid({ allocator, secondaries: 6 });
  const counted = new Counted();
  await agent.restart(counted.line);
  await add(agent, "first", counted);
  for (let pass = 0; pass < 3; pass++) await maintain(agent, counted);
  await cluster.clock.pass(20_000);
  counted.next();
  return { cluster, agent, counted };
}

const own = (agent: AgentNode, { line }: Counted): Line | undefined =>
  agent.node.allocator === "cni" ? line : undefined;
const maintain = (agent: AgentNode, counted: Counted): Promise<void> => agent.maintain(own(agent, counted));

async function add(agent: AgentNode, name: string, counted: Counted): Promise<AddRequest> {
  const request = agent.request(name);
  expect(await agent.add(request, own(agent, counted))).toMatchObject({ kind: "added" });
  return request;
}

/** The lease taken, and everything read under it. The watch tells ipamd of its own write, and it looks. */
const TAKEN_BY_IPAMD = {
  "GET leases": 3,
  "PUT leases": 1,
  "GET nodeeniconfigs": 1,
  "LIST vpcips": 1,
};
/** The same, and the lease given back with its report. */
const CALL_OF_CNI = {
  "GET leases": 2,
  "PUT leases": 2,
  "GET nodeeniconfigs": 1,
  "LIST vpcips": 1,
  "PUT nodeeniconfigs": 1,
};

test("ipamd: where nothing happens a pass reads its lease and its config, and lists VpcIPs once a minute", async () => {
  const { cluster, agent, counted } = await quiet("ipamd");
  const lists: number[] = [];
  for (let pass = 0; pass < 12; pass++) {
    await maintain(agent, counted);
    const { "LIST vpcips": listed = 0, ...others } = counted.next();
    lists.push(listed);
    expect(others).toEqual({ "GET leases": 1, "GET nodeeniconfigs": 1 });
    await cluster.clock.pass(10_000);
  }
  expect(lists.reduce((sum, one) => sum + one)).toBe(2);
});

test("ipamd: an hour without anything to do costs EC2 a look every ten minutes, and nobody a write", async () => {
  const { cluster, agent, counted } = await quiet("ipamd");
  for (let pass = 0; pass < 360; pass++) {
    await maintain(agent, counted);
    await cluster.clock.pass(10_000);
  }
  expect(counted.next()).toEqual({
    "GET leases": 360,
    "GET nodeeniconfigs": 360,
    "LIST vpcips": 60,
    DescribeNetworkInterfaces: 6,
    "GET kube-system": 6,
  });
});

test("cni: where nothing happens a process reads its config, its VpcIPs and whose report is the last", async () => {
  const { agent, counted } = await quiet("cni");
  await maintain(agent, counted);
  expect(counted.next()).toEqual({ "GET leases": 1, "GET nodeeniconfigs": 1, "LIST vpcips": 1 });
});

test("ipamd: the calls of an ADD and a DEL, with the lease to be taken, and with it held", async () => {
  const { cluster, agent, counted } = await quiet("ipamd");
  const adding = { "GET vpcipclaims": 1, "POST vpcips": 1 };
  const first = await add(agent, "one", counted);
  expect(counted.next()).toEqual({ ...TAKEN_BY_IPAMD, ...adding, "GET nodeeniconfigs": 2 });
  const second = await add(agent, "two", counted);
  expect(counted.next()).toEqual({ ...adding, "GET nodeeniconfigs": 1 });

  await maintain(agent, counted);
  await cluster.clock.pass(20_000);
  counted.next();
  const deleting = { "PUT nodeeniconfigs": 1, "DELETE vpcips": 1 };
  await agent.del(first.containerID);
  expect(counted.next()).toEqual({ ...TAKEN_BY_IPAMD, ...deleting });
  await agent.del(second.containerID);
  expect(counted.next()).toEqual(deleting);
});

test("cni: the calls of an ADD and a DEL", async () => {
  const { agent, counted } = await quiet("cni");
  const request = await add(agent, "one", counted);
  expect(counted.next()).toEqual({
    ...CALL_OF_CNI,
    "GET vpcipclaims": 1,
    "POST vpcips": 1,
    "GET nodeeniconfigs": 2,
  });
  await agent.del(request.containerID, counted.line);
  expect(counted.next()).toEqual({ ...CALL_OF_CNI, "DELETE vpcips": 1, "PUT nodeeniconfigs": 2 });
});

test("ipamd: what has happened since the last pass is one write of the config", async () => {
  const { agent, counted } = await quiet("ipamd");
  for (const name of ["one", "two", "three"]) await add(agent, name, counted);
  counted.next();
  await maintain(agent, counted);
  expect(counted.next()).toEqual({ "GET leases": 1, "GET nodeeniconfigs": 1, "PUT nodeeniconfigs": 1 });
});

for (const allocator of BOTH) {
  test(`H61 ${allocator}: keeps looking: a VpcIP that somebody took away from a quiet node is written again within a minute`, async () => {
    const { cluster, agent, counted } = await quiet(allocator);
    const [pod] = [...agent.node.pods.values()];
    const address = pod?.address ?? "";
    await maintain(agent, counted);
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    for (let pass = 0; pass < 7; pass++) {
      await maintain(agent, counted);
      await cluster.clock.pass(10_000);
    }
    expect(cluster.world.api.get("vpcips", { name: address })).toBeDefined();
  });

  test(`${allocator}: while a freeze is on, what the pool has too much of costs a look at the freeze and no more`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 12 });
    const counted = new Counted();
    cluster.freeze();
    await agent.restart(counted.line);
    for (let pass = 0; pass < 3; pass++) await maintain(agent, counted);
    await cluster.clock.pass(20_000);
    counted.next();
    await maintain(agent, counted);
    const { "LIST vpcips": _list, ...others } = counted.next();
    expect(others).toEqual({ "GET leases": 1, "GET nodeeniconfigs": 1, "GET configmaps": 1 });
  });
}
