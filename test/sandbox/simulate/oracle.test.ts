import { beforeEach, describe, expect, test } from "@jest/globals";
import type { LiveSandbox } from "../../../src/agent/index.ts";
import type { Address, Prefix } from "../../../src/domain/address.ts";
import { Ec2 } from "../../../src/sandbox/ec2/index.ts";
import { seededRandom } from "../../../src/sandbox/engine/random.ts";
import { Oracle } from "../../../src/sandbox/simulate/oracle.ts";

const OURS = "AKIAOURS";
const OTHERS = "AKIAOTHERS";
const ADDRESS = "10.0.0.20" as Address;
const OTHER = "10.0.0.21" as Address;

let now: number;
let ec2: Ec2;
let oracle: Oracle;
let instanceID: string;
let interfaceID: string;

beforeEach(() => {
  now = 0;
  ec2 = new Ec2({ clock: () => now, random: seededRandom(1), throttling: false });
  const subnetID = ec2.seed.addSubnet({ cidr: "10.0.0.0/24" });
  oracle = new Oracle(ec2, [subnetID], () => now, [OURS]);
  ({ instanceID, interfaceID } = ec2.seed.runInstance({
    subnetID,
    primaryInterface: { secondary: [ADDRESS, OTHER] },
  }));
});

const sandbox = (more: Partial<LiveSandbox> = {}): LiveSandbox => ({
  containerID: "one",
  address: ADDRESS,
  interfaceID,
  podUID: "uid",
  podNamespace: "default",
  podName: "web",
  ...more,
});

const unassign = (address: Address, by: string): void =>
  void ec2.call(
    "UnassignPrivateIpAddresses",
    { NetworkInterfaceId: interfaceID, PrivateIpAddresses: [address] },
    by,
  );

describe("the judge sees", () => {
  test("an address given back that a sandbox has", () => {
    oracle.connected("node", sandbox());
    unassign(ADDRESS, OURS);
    expect(oracle.broken?.promise).toBe("in-use");
  });

  test("two Pods with one address", () => {
    oracle.connected("node", sandbox());
    oracle.connected("node", sandbox({ containerID: "two", podName: "other" }));
    expect(oracle.broken?.promise).toBe("two-pods");
  });

  test("an address handed out that the interface doesn't have", () => {
    unassign(ADDRESS, OTHERS);
    oracle.connected("node", sandbox());
    expect(oracle.broken?.promise).toBe("phantom");
  });

  test("what a static claim retains, given back", () => {
    oracle.retained = (address) => (address === ADDRESS ? "default/db-0" : undefined);
    unassign(ADDRESS, OURS);
    expect(oracle.broken?.promise).toBe("retained");
  });

  test("a request that leaves more than a minute after a freeze", () => {
    oracle.freeze(true);
    now = 61_000;
    oracle.sends("function", "UnassignPrivateIpAddresses");
    expect(oracle.broken?.promise).toBe("frozen");
  });

  test("an address of a stopped instance, given back", () => {
    ec2.seed.setInstanceState(instanceID, "stopped");
    now = 61_000;
    unassign(ADDRESS, OURS);
    expect(oracle.broken?.promise).toBe("stopped");
  });

  test("a request for a stopped instance that leaves later than a sweep could be under way", () => {
    ec2.seed.setInstanceState(instanceID, "stopped");
    now = 61_000;
    oracle.sends("function", `UnassignPrivateIpAddresses ${interfaceID}`);
    expect(oracle.broken?.promise).toBe("stopped");
  });

  test("a request for an interface of somebody else, also where EC2 refuses it", () => {
    oracle.isForeign(interfaceID);
    oracle.sends("function", `DeleteNetworkInterface ${interfaceID}`);
    expect(oracle.broken?.promise).toBe("foreign");
  });

  test("an interface of somebody else, touched or deleted", () => {
    oracle.isForeign(interfaceID);
    unassign(ADDRESS, OURS);
    expect(oracle.broken?.promise).toBe("foreign");
  });
});

const asked = (...addresses: Address[]) => ({ addresses, prefixes: [] });
const WHO = "function 1 sweep node";
const sends = (...addresses: Address[]): void =>
  oracle.sends(WHO, `UnassignPrivateIpAddresses ${interfaceID}`, asked(...addresses));

describe("the judge sees, when a request leaves its sender,", () => {
  test("an address that a sandbox has, also where the request never arrives", () => {
    oracle.connected("node", sandbox());
    now = 3_600_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("in-use");
  });

  test("one that was somebody's until a moment ago", () => {
    oracle.senders.begins(WHO, 60_000);
    oracle.connected("node", sandbox());
    now = 100_000;
    oracle.disconnected(sandbox());
    now = 150_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("hasty");
  });

  test("one that rests still, for whoever gives it back", () => {
    oracle.connected("node", sandbox());
    oracle.disconnected(sandbox());
    now = 20_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("cooling");
  });

  test.each([
    ["before", undefined],
    ["after", "cooling"],
  ] as const)(
    "one that rests still, whose VpcIP was made %s etcd lost it, while its sandbox was being made",
    (when, promise) => {
      now = 1_000;
      if (when === "before") oracle.times.recorded(sandbox().containerID, now);
      oracle.times.forget(1_500);
      now = 2_000;
      if (when === "after") oracle.times.recorded(sandbox().containerID, now);
      oracle.connected("node", sandbox());
      oracle.disconnected(sandbox());
      now = 20_000;
      sends(ADDRESS);
      expect(oracle.broken?.promise).toBe(promise);
    },
  );

  test("an interface's own address", () => {
    const [item] = ec2.snapshot();
    sends(item?.primary as Address);
    expect(oracle.broken?.promise).toBe("primary");
  });

  test("what a person wants kept, also as a member of a prefix", () => {
    oracle.kept.add("10.0.0.35" as Address);
    oracle.sends(WHO, `UnassignPrivateIpAddresses ${interfaceID}`, {
      addresses: [],
      prefixes: ["10.0.0.32/28" as Prefix],
    });
    expect(oracle.broken?.promise).toBe("opt-out");
  });

  test("that its sender may only look", () => {
    oracle.senders.mayNot(WHO, "observe", "it was asked what it would do");
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("observe");
  });

  test("that its sender's lease can't be its own any more", () => {
    oracle.senders.leased(WHO, 0);
    now = 62_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("late");
  });

  test("that etcd has lost its memory, until a person says what holds", () => {
    oracle.memoryLost();
    now = 16 * 60_000;
    oracle.memoryAccepted();
    sends(OTHER);
    expect(oracle.broken).toBeUndefined();
    oracle.memoryLost();
    now = 32 * 60_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("forgotten");
  });

  test("that etcd has lost its memory, though it went back to what is remembered: somebody had seen the loss", () => {
    oracle.memoryLost();
    oracle.lossTold();
    oracle.memoryLooksWhole();
    now = 16 * 60_000;
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("forgotten");
  });

  test("that a breaker holds everything", () => {
    oracle.breaker = "too much looks leaked";
    sends(ADDRESS);
    expect(oracle.broken?.promise).toBe("mass");
  });
});

describe("the judge has nothing against", () => {
  test("a request in time for what was nobody's for long enough", () => {
    oracle.senders.begins(WHO, 60_000);
    oracle.connected("node", sandbox());
    now = 100_000;
    oracle.disconnected(sandbox());
    now = 160_000;
    oracle.senders.leased(WHO, now);
    sends(ADDRESS);
    expect(oracle.broken).toBeUndefined();
  });

  test("a sandbox that ended long after its Pod, for that is how long its address looked leaked", () => {
    oracle.senders.begins(WHO, 60_000);
    oracle.connected("node", sandbox());
    oracle.times.podEnded("uid", 10_000);
    now = 100_000;
    oracle.disconnected(sandbox());
    now = 131_000;
    sends(ADDRESS);
    expect(oracle.broken).toBeUndefined();
  });

  test("an address given back after its sandbox's end, in running instances, without a freeze", () => {
    oracle.connected("node", sandbox());
    oracle.disconnected(sandbox());
    unassign(ADDRESS, OURS);
    oracle.freeze(true);
    now = 60_000;
    oracle.sends("function", "UnassignPrivateIpAddresses");
    oracle.freeze(false);
    now = 600_000;
    oracle.sends("function", "UnassignPrivateIpAddresses");
    expect(oracle.broken).toBeUndefined();
  });

  test("a release by a sweep that was under way when the instance was stopped", () => {
    ec2.seed.setInstanceState(instanceID, "stopped");
    now = 60_000;
    unassign(ADDRESS, OURS);
    ec2.seed.setInstanceState(instanceID, "running");
    now = 600_000;
    unassign(OTHER, OURS);
    expect(oracle.broken).toBeUndefined();
  });

  test("a request that was on its way when the instance was stopped, and takes effect long after", () => {
    oracle.sends("function", `UnassignPrivateIpAddresses ${interfaceID}`);
    ec2.seed.setInstanceState(instanceID, "stopped");
    now = 600_000;
    unassign(ADDRESS, OURS);
    expect(oracle.broken).toBeUndefined();
  });

  test("what others do, and what an instance takes along", () => {
    oracle.isForeign(interfaceID);
    unassign(OTHER, OTHERS);
    oracle.connected("node", sandbox());
    ec2.seed.terminate(instanceID);
    expect(oracle.broken).toBeUndefined();
  });

  test("a sandbox that is told twice", () => {
    oracle.connected("node", sandbox());
    oracle.connected("node", sandbox());
    expect(oracle.broken).toBeUndefined();
  });
});
