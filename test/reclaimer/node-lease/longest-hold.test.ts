import { expect, test } from "@jest/globals";
import { DEFAULT_SETTINGS } from "../../../src/reclaimer/settings.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { Cluster } from "../harness.ts";

const MINUTE = 60_000;

test("a lease is renewed for ten minutes at most, and nothing is sent to EC2 once a term more is over", async () => {
  const cluster = new Cluster({ breaker: { ...DEFAULT_SETTINGS.breaker, minimumLeaks: 10_000 } });
  const subnetID = cluster.world.ec2.seed.addSubnet({ cidr: "10.32.0.0/20" });
  const more = { allocator: "cni", subnetID, instanceType: "m5.24xlarge", secondaries: 4 } as const;
  const node = cluster.node("a", { ...more, extraInterfaces: 13 });
  while (node.spares > 0) node.spare();
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  const times = { acquired: 0, renewed: 0, sent: 0 };
  cluster.world.kubernetes.onChange(({ resource, object }) => {
    const { holderIdentity, acquireTime, renewTime } = object["spec"] as {
      readonly holderIdentity: string;
      readonly acquireTime: string;
      readonly renewTime: string;
    };
    if (resource.plural !== "leases" || !holderIdentity.startsWith("reclaimer/")) return;
    times.acquired = Date.parse(acquireTime);
    times.renewed = Date.parse(renewTime);
  });
  // What is read before anything is sent must fit one term.
  const slow = new Line(() => cluster.clock.sleep(times.sent === 0 ? 100 : 4_000));
  slow.fateOf = ({ what }) => {
    if (what.startsWith("Unassign")) times.sent = cluster.clock.now();
    return "through";
  };
  expect((await cluster.sweep("a", {}, slow)).outcome).toBe("sent-again");
  expect((times.renewed - times.acquired) / MINUTE).toBeGreaterThan(9);
  expect((times.renewed - times.acquired) / MINUTE).toBeLessThanOrEqual(10);
  expect((times.sent - times.acquired) / MINUTE).toBeLessThan(10 + DEFAULT_SETTINGS.leaseSeconds / 60);
});
