import { expect, test } from "@jest/globals";
import { BOTH } from "./laid.ts";
import { two } from "./moving.ts";

for (const allocator of BOTH) {
  test.each([
    { is: "there", isGone: false },
    { is: "gone", isGone: true },
  ])(
    `H51 ${allocator}: a static address that has cooled down is its claim's where that is $is`,
    async ({ isGone }) => {
      const { cluster, a } = await two(allocator);
      const request = a.request("db");
      const address = await a.address(request);
      await a.end(request);
      const interfaceID = a.node.interfaceIDs[0] ?? "";
      a.node.updateStatus((status) => ({
        ...status,
        cooling: [{ address, interfaceID, until: cluster.world.timestamp() }],
      }));
      if (isGone) cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
      for (let minute = 0; minute < 3; minute++) {
        await cluster.wait(1);
        await a.maintain();
      }
      expect(a.cooling).toEqual([]);
      expect(a.pool.includes(address)).toBe(isGone);
      expect(cluster.record(address) === undefined).toBe(isGone);
      expect(cluster.misdeeds).toEqual([]);
    },
  );
}
