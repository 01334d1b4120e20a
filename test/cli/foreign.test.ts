import { describe, expect, test } from "@jest/globals";
import { awsNode, list, nec, node, page, pod, sentinelNec, sentinelVip } from "./dumps.ts";
import { stock } from "./stock.ts";
import { plan } from "./worlds.ts";

describe("plan on a stock cluster", () => {
  const addresses = ["10.0.1.11", "10.0.1.12", "10.0.1.13", "10.0.1.14", "10.0.1.15"];
  const dumps = {
    interfaces: page(stock(addresses)),
    pods: list(pod("web", "10.0.1.11"), awsNode(), pod("done", "10.0.1.12", { status: { phase: "Failed" } })),
    nodes: list(node()),
  };

  test("keeps every warm address as foreign and never calls one leaked", async () => {
    const { code, document } = await plan(dumps);
    expect(code).toBe(0);
    expect(document.keptByReason).toEqual({ "foreign-node": 5 });
    expect([document.released, document.heldBack, document.orphansDeleted, document.unknown]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  test("keeps them as foreign too where VpcIPs exist that name other Pods", async () => {
    expect((await plan({ ...dumps, vips: list(), necs: list() })).document.released).toEqual([]);
  });

  test("counts what live Pods use: neither hostNetwork nor finished ones", async () => {
    const { document } = await plan(dumps);
    const use = { interfaces: 1, addresses: 5, inUse: 1, idle: 4 };
    expect(document.nodes).toEqual([
      expect.objectContaining({ ...use, group: "workers", allocator: "foreign" }),
    ]);
    expect(document.nodeGroups).toEqual([expect.objectContaining({ ...use, group: "workers", nodes: 1 })]);
    expect(document.subnets).toEqual([expect.objectContaining({ subnet: "subnet-1", taken: 6 })]);
  });

  test("tells what warm targets would free at most, and at what cost in calls", async () => {
    const { document } = await plan(dumps);
    expect(document.nodeGroups[0].warmTargets).toEqual({
      WARM_IP_TARGET: 2,
      MINIMUM_IP_TARGET: 2,
      freesAtMost: 2,
      nodes: 1,
      callsOnceAtMost: 1,
      callsPerPodChangeAtMost: 1,
    });
  });

  test("finds a node's name without a Node list, from its Pods", async () => {
    const { nodes: _, ...rest } = dumps;
    expect((await plan(rest)).document.nodes).toEqual([
      expect.objectContaining({ node: "ip-10-0-1-10.eu-west-1.compute.internal", group: null }),
    ]);
  });

  test("warns, and advises no target, where the Pods are of another cluster", async () => {
    const { code, document } = await plan({ ...dumps, pods: list(pod("x", "172.16.0.1")) });
    expect(code).toBe(0);
    expect(document.warnings).toEqual([expect.stringContaining("dumps of different clusters")]);
    expect(document.match.conclusion).toBe("different-clusters");
    expect(document.nodeGroups[0]).not.toHaveProperty("warmTargets");
  });

  test("finished Pods elsewhere make no other cluster", async () => {
    const done = ["172.16.0.1", "172.16.0.2"].map((address) =>
      pod(address, address, { status: { phase: "Succeeded" } }),
    );
    const { document } = await plan({ ...dumps, pods: list(pod("web", "10.0.1.11"), awsNode(), ...done) });
    expect(document.match.conclusion).toBe("same-cluster");
    expect(document.warnings).toEqual([]);
  });

  test("names nodes whose instance has no interface here", async () => {
    const { document } = await plan({ ...dumps, nodes: list(node(), node("far", "i-0fa")) });
    expect(document.warnings).toEqual([
      expect.stringContaining("1 of 2 nodes on EC2 has an interface here (far, i-0fa"),
    ]);
  });

  test("a NodeENIConfig that says so makes a node foreign too", async () => {
    const { document } = await plan({
      ...dumps,
      necs: list(nec({ allocator: "foreign" }), sentinelNec()),
      vips: list(sentinelVip()),
    });
    expect(document.nodes).toEqual([expect.objectContaining({ allocator: "foreign" })]);
    expect(document.keptByReason).toEqual({ "foreign-node": 5 });
  });

  test("says overlay where the nodes fit and none of their Pods does", async () => {
    const overlay = list(pod("host", "10.0.1.10", { spec: { hostNetwork: true } }), pod("x", "192.168.0.1"));
    expect((await plan({ ...dumps, pods: overlay })).document.match.conclusion).toBe("overlay");
  });

  test("shows prefixes: used, empty and how far they are spread", async () => {
    const prefixes = ["10.0.2.0/28", "10.0.2.16/28", "10.0.2.32/28"].map((Ipv4Prefix) => ({ Ipv4Prefix }));
    const { document } = await plan({
      interfaces: page(stock([], { Ipv4Prefixes: prefixes })),
      pods: list(pod("a", "10.0.2.3"), pod("b", "10.0.2.20")),
    });
    expect(document.nodes[0].prefixes).toEqual({
      count: 3,
      total: 48,
      used: 2,
      empty: 1,
      partial: 2,
      needed: 1,
    });
    expect(document.kept).toHaveLength(48);
  });
});

test("an address that two VPCs have is in use only where its Pod's node is", async () => {
  const other = stock(["10.0.1.11"], {
    NetworkInterfaceId: "eni-2",
    PrivateIpAddress: "10.0.1.20",
    VpcId: "vpc-2",
    Attachment: { InstanceId: "i-0bbb", Status: "attached" },
  });
  const { document } = await plan({
    interfaces: page(stock(["10.0.1.11"]), other),
    pods: list(pod("web", "10.0.1.11")),
    nodes: list(node(), node("other", "i-0bbb")),
  });
  const use = Object.fromEntries(
    document.nodes.map((row: { instance: string; inUse: number }) => [row.instance, row.inUse]),
  );
  expect(use).toEqual({ "i-0aaaaaaaaaaaaaaa1": 1, "i-0bbb": 0 });
});
