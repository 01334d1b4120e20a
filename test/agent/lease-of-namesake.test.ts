import { expect, test } from "@jest/globals";
import { DEFAULT_AGENT_SETTINGS } from "../../src/agent/index.ts";
import { BOTH, laid } from "./laid.ts";
import { heldBy } from "./leases.ts";

const SECOND = 1_000;

for (const allocator of BOTH) {
  test.each([1, DEFAULT_AGENT_SETTINGS.leaseSeconds])(
    `H32 ${allocator}: a lease that another machine's agent left with a term of %i s is taken over once it stood for an agent's own`,
    async (term) => {
      const { cluster, agent } = await laid({ allocator });
      heldBy(cluster, `${allocator}/a/i-another/dead`, term);
      await agent.restart();
      const began = cluster.clock.now();
      expect(await agent.add("web")).toMatchObject({ kind: "added" });
      const waited = (cluster.clock.now() - began) / SECOND;
      expect(waited).toBeGreaterThanOrEqual(DEFAULT_AGENT_SETTINGS.leaseSeconds);
      expect(waited).toBeLessThan(DEFAULT_AGENT_SETTINGS.leaseSeconds + 2);
    },
  );
}
