import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { foldersOf } from "../../../scripts/peers/folders.ts";
import { apiServerPeer, awsPeer, describeWhere } from "../peers.ts";
import { begun, outcomeOf, played } from "./played.ts";

const { instances } = foldersOf(process.env);
const folderOf = (pid: number | undefined) => join(instances, `scenario-${pid}`);

/** How many keys are in etcd that a run's API server has made. */
async function keysOf(pid: number | undefined): Promise<number> {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const answer = await fetch(`${apiServerPeer?.etcd}/v3/kv/range`, {
    method: "POST",
    body: JSON.stringify({
      key: base64(`/scenario-${pid}-`),
      range_end: base64(`/scenario-${pid}.`),
      count_only: true,
    }),
  });
  return Number(((await answer.json()) as { count?: string }).count ?? 0);
}

describeWhere(apiServerPeer && awsPeer)("a scenario on a real API server, SQS and SSM", () => {
  test.each(["daily", "dead-nodes"])(
    "%s releases nothing wrongly, leaves nothing leaked, and ends as on simulators",
    async (scenario) => {
      const onPeers = await played("--scenario", scenario, "--peers");
      expect({ ...onPeers, failures: onPeers.report.failures }).toMatchObject({
        code: 0,
        report: { scenario, wronglyReleased: [], stillLeaked: [] },
        failures: [],
      });
      const simulated = await played("--scenario", scenario);
      expect(outcomeOf(onPeers.report)).toEqual(outcomeOf(simulated.report));
      expect(onPeers.report.orphansDeleted.length).toBeGreaterThan(0);
      expect(onPeers.report.calls.kubernetes["PUT"]).toBeGreaterThan(0);
    },
    300_000,
  );

  test("one that is interrupted ends its API server and takes its keys along", async () => {
    const { child, told, ended } = begun("--scenario", "dead-nodes", "--peers");
    while (!told.err.includes("minutes pass")) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(folderOf(child.pid))).toBe(true);
    expect(await keysOf(child.pid)).toBeGreaterThan(0);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, out: "" });
    expect(existsSync(folderOf(child.pid))).toBe(false);
    expect(await keysOf(child.pid)).toBe(0);
  }, 300_000);
});
