import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { foldersOf } from "../../../scripts/peers/folders.ts";
import { type ScenarioServers, startForScenario } from "../../../scripts/peers/run/for-scenario.ts";
import { Allocator } from "../../../src/sandbox/engine/allocator.ts";
import { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import type { RunReport } from "../../../src/sandbox/engine/report.ts";
import { runScenario } from "../../../src/sandbox/engine/run.ts";
import type { World } from "../../../src/sandbox/engine/world.ts";
import { kubectl } from "../../../src/sandbox/peers/kubectl.ts";
import { realPeers } from "../../../src/sandbox/peers/venue.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import type { Scenario } from "../../../src/sandbox/scenarios/scenario.ts";
import { start } from "../../../src/sandbox/show/start.ts";
import { layout } from "../../sandbox/show/builders.ts";
import { apiServerPeer, awsPeer, describeWhere } from "../peers.ts";

const folders = foldersOf(process.env);
const CIDR = "10.9.0.0/26";

/** One node with a leak. */
function small(name: string, more: (world: World, node: SandboxNode) => Promise<void> | void): Scenario {
  return {
    name,
    description: name,
    async lay(world) {
      const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
      const node = new SandboxNode(world, { name: "one", subnetID, secondaries: 6, extraInterfaces: 0 });
      node.runPod("works");
      leaks.neverRecorded(node);
      await more(world, node);
      node.poolSpares();
      return {
        nodes: [node],
        allocators: [await Allocator.start(node)],
        busy: [],
        subnets: [{ id: subnetID, cidr: CIDR }],
      };
    },
  };
}

let servers: ScenarioServers | undefined;

/** Takes all rights of a function that docs/install.md has given it. */
async function takeRights(name: string): Promise<void> {
  if (servers === undefined) throw new Error("there are no servers");
  const manifest = join(import.meta.dirname, "../../../infra/chart/manifests/rbac", `${name}.yaml`);
  await kubectl(servers, ["delete", "-f", manifest]);
}

async function played(scenario: Scenario): Promise<{ code: number; report: RunReport }> {
  let out = "";
  const code = await start(["--peers", "-o", "json"], {
    scenarios: [scenario],
    run: (asked, seed, tell) =>
      runScenario(
        asked,
        seed,
        tell,
        realPeers(async () => {
          servers = await startForScenario(folders, process.env, new AbortController().signal);
          return servers;
        }),
      ),
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    layout: () => layout(),
    progress: { tell: () => undefined, clear: () => undefined },
  });
  return { code, report: JSON.parse(out) as RunReport };
}

describeWhere(apiServerPeer && awsPeer)("a scenario on real peers can go wrong", () => {
  test("exits with 0 where nothing does", async () => {
    const { code, report } = await played(small("right", () => undefined));
    expect({ code, failures: report.failures }).toEqual({ code: 0, failures: [] });
    expect(report.released).toHaveLength(1);
  }, 120_000);

  test("exits with 3 where an address is released that a sandbox has, though nothing in the cluster tells of it", async () => {
    const needed: string[] = [];
    const scenario = small("wrong", (world, node) => {
      const { address, interfaceID } = node.spare();
      world.truth.need(address, interfaceID, "sandbox");
      needed.push(address);
    });
    const { code, report } = await played(scenario);
    expect({ code, wrong: report.wronglyReleased.map(({ address }) => address) }).toEqual({
      code: 3,
      wrong: needed,
    });
  }, 120_000);

  test("exits with 3 where a leak is left because the reclaiming function has no rights", async () => {
    const { code, report } = await played(small("no-rights", () => takeRights("reclaim")));
    expect({ code, wrong: report.wronglyReleased }).toEqual({ code: 3, wrong: [] });
    expect(report.stillLeaked).toHaveLength(1);
    // Received as often as the queue allows, and given up then.
    expect(report.failures).toContainEqual(expect.stringContaining("in the dead-letter queue"));
  }, 120_000);
});
