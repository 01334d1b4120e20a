import { expect, test } from "@jest/globals";
import { BOTH, laid } from "./laid.ts";

for (const allocator of BOTH) {
  test(`H29 ${allocator}: a freeze keeps no Pod from starting or ending, and an empty pool is filled`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    cluster.freeze();
    const request = agent.request("first");
    const [first, second] = [await agent.address(request), await agent.address("second")];
    expect(cluster.has(first) && cluster.has(second)).toBe(true);
    await agent.end(request);
    expect(agent.status.cooling?.map(({ address }) => address)).toEqual([first]);
    await agent.maintain();
    expect(agent.pool.length).toBeGreaterThan(0);
    expect(cluster.misdeeds).toEqual([]);
  });
}
