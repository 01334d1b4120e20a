import { expect, test } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import { Cluster } from "../harness.ts";

/**
 * A record of before a restore: a Pod that is gone had the address on the first interface. Since then it was given back, and EC2 has
 * given it to the second one.
 */
async function laid(isListed: boolean) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 3, extraInterfaces: 1 });
  const [first = "", second = ""] = node.interfaceIDs;
  const address = cluster.world.ec2.seed.assign(second, 1)[0] as Address;
  if (isListed) {
    const entry = { address, interfaceID: second };
    node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), entry] }));
    cluster.world.truth.need(address, second, "pool");
  }
  const claim = { namespace: "default", name: "web", podUID: "gone", containerID: "ended" };
  node.layRecord({ address, interfaceID: first }, { claim });
  await cluster.start();
  return { cluster, address, second };
}

test("H49 H61 a record of a gone Pod goes although its node holds the address on another interface, and the address stays there", async () => {
  const { cluster, address, second } = await laid(true);
  await cluster.day();
  expect(cluster.record(address)).toBeUndefined();
  expect(cluster.has(address, second)).toBe(true);
  expect(cluster.wrong).toEqual([]);
});

test("H49 where no pool lists it there, the address goes after its record", async () => {
  const { cluster, address, second } = await laid(false);
  for (let day = 0; day < 3; day++) await cluster.day();
  expect(cluster.record(address)).toBeUndefined();
  expect(cluster.has(address, second)).toBe(false);
  expect(cluster.wrong).toEqual([]);
});
