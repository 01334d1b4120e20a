import { Allocator } from "../engine/allocator.ts";
import { type NodeSeed, SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as keepers from "./keepers.ts";
import * as leaks from "./leaks.ts";
import { type Laid, type Scenario, TWO_LOOKS } from "./scenario.ts";

const CIDR = "10.0.0.0/23";
const PREFIX_RESERVATION = "10.0.1.192/28";

/** A working cluster on an ordinary day: every cause of leaks beside everything that only looks like one. */
export const daily: Scenario = {
  name: "daily",
  description: "An ordinary day: every cause of leaks beside everything that only looks like a leak.",
  steps: TWO_LOOKS,
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  // Addresses are handed out at random: without a reservation no whole /28 might be left for the prefix.
  world.ec2.seed.reserve(subnetID, PREFIX_RESERVATION, "prefix");
  const node = (name: string, more: Partial<NodeSeed> = {}) =>
    new SandboxNode(world, { name, subnetID, secondaries: 13, ...more });

  const web = node("web-1");
  for (const name of ["web-a", "web-b", "web-c"]) web.runPod(name);
  leaks.neverRecorded(web);
  leaks.podGone(web, "web-gone");
  keepers.notYetInStatus(web, "web-new");
  keepers.mappedInStatus(web, "web-mapped");
  keepers.sameNameNewPod(web, "web-0");

  const jobs = node("jobs-1");
  leaks.podFinished(jobs, "report-1", "Succeeded");
  leaks.podFinished(jobs, "report-2", "Failed");
  leaks.podFinished(jobs, "report-3", "Failed", "Evicted");
  leaks.sandboxReplaced(jobs, "worker");
  leaks.unfinishedRelease(jobs);
  leaks.unfinishedRecord(jobs);
  keepers.forceDeleted(jobs, "stubborn");
  keepers.terminating(jobs, "draining");

  const data = node("data-1");
  data.runPod("db-0");
  leaks.claimExpired(data, "db-9");
  keepers.retained(data, "db-1", "Never");
  keepers.retained(data, "db-2", "AfterExpiry");
  keepers.optedOutRecord(data);
  keepers.optedOutInterface(data);
  keepers.unknownShape(data);
  keepers.prefixInUse(data, "dense");

  const edge = node("edge-1", { allocator: "cni" });
  edge.runPod("proxy");
  leaks.podGone(edge, "proxy-gone");
  leaks.neverRecorded(edge);

  const clean = node("clean-1");
  for (const name of ["quiet-a", "quiet-b"]) clean.runPod(name);

  // H76: no agent has tagged its first interface: its leaks are found, and people are told.
  const untagged = node("new-1", { isPrimaryUntagged: true, extraInterfaces: 0 });
  leaks.neverRecorded(untagged);
  world.truth.holdBack(untagged.interfaceIDs[0] ?? "", "untagged");

  const churning = node("churn-1");
  leaks.neverRecorded(churning);

  leaks.detachedInterface(web);
  leaks.orphanOf(web, "i-0dead00000000dead");
  leaks.recordOfDeadInstance(web, "10.0.9.9", "i-0dead00000000dead");
  keepers.namesake(web);
  keepers.awsServices(web);
  node("foreign-1", { isForeign: true });

  const stopped = node("stopped-1");
  stopped.runPod("hibernating");
  const hidden = stopped.spare();
  world.truth.need(hidden.address, hidden.interfaceID, "sandbox");

  const managed = [web, jobs, data, edge, clean, untagged, churning, stopped];
  for (const item of managed) item.poolSpares();
  keepers.stopInstance(stopped);
  const alive = await Promise.all(
    managed.filter((item) => item !== stopped).map((item) => Allocator.start(item)),
  );
  return {
    nodes: managed,
    allocators: alive,
    busy: alive.filter(({ node: { name } }) => name === "churn-1" || name === "web-1"),
    subnets: [{ id: subnetID, cidr: CIDR }],
  };
}
