import { describe, expect, test } from "@jest/globals";
import { sweep } from "../../../src/reclaimer/index.ts";
import type { SweepPorts } from "../../../src/reclaimer/settings.ts";
import { leakDue } from "../endings/laid.ts";
import { messageFor } from "../invocations.ts";
import { due } from "../node-lease/due.ts";

/** EC2's answers tell which request they are to, as over HTTP. */
const telling = (ports: SweepPorts): SweepPorts => ({
  ...ports,
  releaser: {
    ...ports.releaser,
    unassign: async (request) => ({ ...(await ports.releaser.unassign(request)), requestID: "r-1" }),
  },
});

describe("the audit", () => {
  test("tells of what was claimed once by which run, why, how old, EC2's request, the report, Pod and container", async () => {
    const { cluster, node, leaked: address } = await due();
    const { interfaceID, claim, leak } = cluster.record(address)?.spec ?? {};
    await cluster.run((ports) => sweep(telling(ports), cluster.settings, messageFor("a")));
    expect(cluster.heard.audit).toEqual([
      {
        run: expect.stringMatching(/^by-hand\./),
        kind: "address",
        subject: address,
        interfaceID,
        node: "a",
        cause: "pod-gone",
        firstObservedAt: leak?.firstObservedAt,
        ageSeconds: 31 * 60,
        answer: "done",
        requestID: "r-1",
        evidence: {
          needs: "report",
          detail: expect.stringContaining(claim?.podUID ?? "none"),
          lease: expect.stringMatching(/^reclaimer\/by-hand\./),
          reportedUnder: node.status.reportedUnder,
          podUID: claim?.podUID,
          containerID: claim?.containerID,
        },
      },
    ]);
    expect([interfaceID, claim?.podUID, claim?.containerID, leak?.firstObservedAt]).not.toContain(undefined);
    expect(node.status.reportedUnder).toMatch(/^ipamd\//);
  });

  test("has a line for each address that goes, of one request too, and none for what is kept", async () => {
    const { cluster, node } = await leakDue({ secondaries: 6 });
    const [first, second] = node.status.pool ?? [];
    node.updateStatus((status) => ({ ...status, pool: (status.pool ?? []).slice(2) }));
    for (const place of [first, second])
      cluster.world.truth.forget(place?.address as never, place?.interfaceID ?? "");
    const leaked = [...cluster.leaks].sort();
    await cluster.day();
    expect(cluster.heard.audit.map(({ subject }) => subject).sort()).toEqual(leaked);
    expect(leaked).toHaveLength(3);
  });
});
