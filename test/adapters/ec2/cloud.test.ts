import { afterEach, describe, expect, it } from "@jest/globals";
import { createCloudReader } from "../../../src/adapters/ec2/reader.ts";
import { createCloudReleaser } from "../../../src/adapters/ec2/releaser.ts";
import { type Address, parseAddress, parsePrefix } from "../../../src/domain/address.ts";
import { TAG } from "../../../src/domain/objects/names.ts";
import { Ec2, Ec2Front, type Ec2Options, Faults } from "../../../src/sandbox/ec2/index.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { accessTo } from "./access.ts";
import { type CloudPeer, describeCloud } from "./cloud-contract.ts";

const VPC = "vpc-0123456789abcdef0";
const address = (text: string) => parseAddress(text) as Address;

/** Fronts of tests that may fail before they stop theirs. */
const started: Ec2Front[] = [];

async function simulated(more: { throttling?: Ec2Options["throttling"]; shortPages?: boolean } = {}) {
  const clock = fakeClock();
  const ec2 = new Ec2({
    clock: clock.now,
    random: () => 0.5,
    throttling: more.throttling ?? false,
    timings: { terminatedVisible: 3_600_000 },
  });
  ec2.shortPages = more.shortPages ?? false;
  const faults = new Faults();
  const front = new Ec2Front({ ec2, clock: clock.now, faults });
  const endpoint = await front.start();
  started.push(front);
  const access = accessTo(endpoint, clock);

  const subnetID = ec2.seed.addSubnet({ cidr: "10.0.0.0/20", vpcID: VPC });
  const elsewhere = ec2.seed.addSubnet({ cidr: "10.9.0.0/24", vpcID: "vpc-0fedcba9876543210" });
  const secondary = [address("10.0.0.20"), address("10.0.0.21"), address("10.0.0.22")] as const;
  const prefix = parsePrefix("10.0.0.64/28")!;
  const primary = address("10.0.0.10");
  const running = ec2.seed.runInstance({
    subnetID,
    primaryInterface: { primary, secondary, prefixes: [prefix] },
  });
  const dead = ec2.seed.runInstance({ subnetID });
  const detached = ec2.seed.createInterface({ subnetID, tags: { [TAG.instance]: dead.instanceID } });
  ec2.seed.terminate(dead.instanceID);
  ec2.seed.createInterface({ subnetID: elsewhere });
  const peer: CloudPeer = {
    reader: createCloudReader({ ...access, vpcID: VPC }),
    releaser: createCloudReleaser({ ...access, requestTimeoutMilliseconds: 5_000 }),
    soon: () => clock.now() + 30_000,
    running: running.instanceID,
    terminated: dead.instanceID,
    attached: { id: running.interfaceID, primary },
    secondary,
    prefix,
    detached,
    all: [running.interfaceID, detached],
    stop: async () => {
      started.splice(started.indexOf(front), 1);
      await front.stop();
    },
  };
  return { peer, ec2, clock, faults, subnetID, endpoint };
}

describeCloud("the EC2 API", async () => (await simulated()).peer);
describeCloud("the EC2 API with short pages", async () => (await simulated({ shortPages: true })).peer);

describe("Cloud by the EC2 API", () => {
  afterEach(async () => {
    await Promise.all(started.splice(0).map((front) => front.stop()));
  });

  it("H46 lists 2,500 interfaces with the least calls", async () => {
    const { peer, ec2, subnetID } = await simulated();
    for (let count = 0; count < 2_498; count += 1) ec2.seed.createInterface({ subnetID });
    expect(await peer.reader.listInterfaces()).toHaveLength(2_500);
    expect(ec2.calls.count("DescribeNetworkInterfaces")).toBe(3);
  });

  it.each(["drop-before", "drop-after"] as const)(
    "H22 sends once where the connection breaks (%s)",
    async (kind) => {
      const { peer, ec2, faults } = await simulated();
      await peer.reader.listInterfaces();
      faults.add({ kind, action: "UnassignPrivateIpAddresses" });
      const answer = await peer.releaser.unassign({
        interfaceID: peer.attached.id,
        addresses: [peer.secondary[0]],
        prefixes: [],
        notAfter: peer.soon(),
      });
      expect(answer).toMatchObject({ kind: "unclear" });
      const left = ec2.snapshot().find(({ id }) => id === peer.attached.id)!.secondary;
      expect(left.includes(peer.secondary[0])).toBe(kind === "drop-before");
      expect(ec2.calls.count("UnassignPrivateIpAddresses")).toBe(kind === "drop-before" ? 0 : 1);
    },
  );

  it("stops at RequestLimitExceeded", async () => {
    const { peer } = await simulated({
      throttling: { UnassignPrivateIpAddresses: { capacity: 1, refillPerSecond: 0.001 } },
    });
    await peer.reader.listInterfaces();
    const unassign = (index: 0 | 1) =>
      peer.releaser.unassign({
        interfaceID: peer.attached.id,
        addresses: [peer.secondary[index]],
        prefixes: [],
        notAfter: peer.soon(),
      });
    expect(await unassign(0)).toMatchObject({ kind: "done" });
    expect(await unassign(1)).toEqual({ kind: "throttled", code: "RequestLimitExceeded" });
  });

  it("H32 releases nothing while own time is two minutes from EC2's", async () => {
    const { peer, ec2, clock, endpoint } = await simulated();
    const ahead = { ...clock, now: () => clock.now() + 120_000 };
    const access = accessTo(endpoint, ahead);
    await createCloudReader(access).listInterfaces();
    const releaser = createCloudReleaser({ ...access, requestTimeoutMilliseconds: 5_000 });
    expect(
      await releaser.deleteInterface({ interfaceID: peer.detached, notAfter: ahead.now() + 30_000 }),
    ).toEqual({ kind: "not-sent", why: "clock-skew" });
    expect(ec2.calls.count("DeleteNetworkInterface")).toBe(0);
  });
});
