import { describe, expect, test } from "@jest/globals";
import {
  awsNode,
  detached,
  eni,
  INSTANCE,
  list,
  managed,
  NODE,
  nec,
  node,
  page,
  pod,
  sentinelNec,
  sentinelVip,
} from "./dumps.ts";
import { cnictl, plan } from "./worlds.ts";

const OLD = "2026-01-01T00:00:00Z";
const cniTags = (instance: string, createdAt = OLD) => [
  { Key: "cluster.k8s.amazonaws.com/name", Value: "shop" },
  { Key: "node.k8s.amazonaws.com/instance_id", Value: instance },
  { Key: "node.k8s.amazonaws.com/createdAt", Value: createdAt },
  { Key: "eks:eni:owner", Value: "amazon-vpc-cni" },
];
const stock = (addresses: readonly string[], more: Record<string, unknown> = {}) =>
  eni({ TagSet: [], ...more }, addresses);

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

describe("interfaces that no node of ours has", () => {
  const here = stock(["10.0.1.11"]);
  const left = (more: Record<string, unknown>) =>
    detached({ NetworkInterfaceId: "eni-7", PrivateIpAddress: "10.0.1.70", ...more }, ["10.0.1.71"]);
  const see = async (face: Record<string, unknown>) =>
    (await plan({ interfaces: page(here, face), pods: list(pod("web", "10.0.1.11")) })).document;

  test.each([
    ["tags of the CNI and an instance that is not here", { TagSet: cniTags("i-0dead") }, "orphan"],
    ["a description of the CNI alone", { Description: "aws-K8S-i-0dead" }, "orphan"],
    ["tags of the CNI, just made", { TagSet: cniTags("i-0dead", "2026-03-01T11:58:00Z") }, "young"],
    [
      "tags of the CNI and an instance that is here",
      { TagSet: cniTags("i-0aaaaaaaaaaaaaaa1") },
      "instance-here",
    ],
  ])("shows a detached one with %s, and deletes it not", async (_, more, looks) => {
    const document = await see(left(more));
    expect(document.foreignDetached).toEqual([expect.objectContaining({ interface: "eni-7", looks })]);
    expect(document.orphansDeleted).toEqual([]);
  });

  test.each([
    ["nothing that shows whose it is", { TagSet: [{ Key: "Purpose", Value: "Prod" }] }],
    ["a requester that manages it", { RequesterManaged: true, Description: "aws-K8S-i-0dead" }],
  ])("keeps silent of a detached one with %s", async (_, more) => {
    expect((await see(left(more))).foreignDetached).toEqual([]);
  });

  test("keeps the secondary addresses of all of them", async () => {
    const document = await see(left({ TagSet: cniTags("i-0dead") }));
    expect(document.kept).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: "10.0.1.71", reason: "not-ours" })]),
    );
  });

  test("tells an instance that is no node from a node", async () => {
    const vm = eni({
      NetworkInterfaceId: "eni-8",
      PrivateIpAddress: "10.0.1.80",
      TagSet: [],
      Attachment: { InstanceId: "i-0bbb", Status: "attached", DeviceIndex: 0 },
    });
    const document = await see(vm);
    expect(
      document.interfaces.find(({ interface: id }: { interface: string }) => id === "eni-8"),
    ).toMatchObject({
      whose: "instance",
    });
    expect(document.totals.nodes).toBe(1);
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

test("names from dumps can't steer the terminal", async () => {
  const evil = node("ip-\u001b[2J\u0007", "i-0aaaaaaaaaaaaaaa1", {
    "eks.amazonaws.com/nodegroup": "\u001b]0;x\u0007",
  });
  const files = {
    e: JSON.stringify(page(stock(["10.0.1.11"]))),
    p: JSON.stringify(list(pod("web", "10.0.1.11"))),
    n: JSON.stringify(list(evil)),
  };
  const { out } = await cnictl(["plan", "--interfaces", "e", "--pods", "p", "--nodes", "n"], files);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

/** What `plan` tells people, in lines. */
async function told(dumps: Record<string, unknown>): Promise<string> {
  const files = Object.fromEntries(Object.entries(dumps).map(([flag, dump]) => [flag, JSON.stringify(dump)]));
  const flags = Object.keys(files).flatMap((flag) => [`--${flag}`, flag]);
  return (await cnictl(["plan", ...flags], files)).out;
}

describe("Pods dumped without -A", () => {
  const dumps = {
    interfaces: page(stock(["10.0.1.11", "10.0.1.12", "10.0.1.13", "10.0.1.14", "10.0.1.15"])),
    pods: list(pod("web", "10.0.1.11")),
    nodes: list(node()),
  };

  test("prove nothing idle: a warning, IDLE? and no advice", async () => {
    const { document } = await plan(dumps);
    expect(document.match).toMatchObject({ conclusion: "one-namespace", namespace: "default" });
    expect(document.warnings).toEqual([
      expect.stringContaining("all Pods are in namespace default: was -A left out?"),
    ]);
    expect(document.nodeGroups[0]).not.toHaveProperty("warmTargets");
    expect(await told(dumps)).toContain("IDLE?");
  });

  test("prove no leak of a managed node either", async () => {
    const { document } = await plan(
      managed(["10.0.1.13"], [], { pods: list(pod("web", "10.0.1.11"), pod("other", undefined)) }),
    );
    expect(document.released).toEqual([]);
    expect(document.heldBack).toEqual([expect.objectContaining({ reason: "one-namespace" })]);
  });

  test("are not suspected where a Pod of kube-system is among them", async () => {
    const { document } = await plan({ ...dumps, pods: list(pod("web", "10.0.1.11"), awsNode()) });
    expect(document.warnings).toEqual([]);
    expect(document.match.conclusion).toBe("same-cluster");
  });
});

describe("warm targets are not settable", () => {
  const addresses = ["10.0.1.11", "10.0.1.12", "10.0.1.13", "10.0.1.14", "10.0.1.15"];
  const system = pod("kube-proxy-1", "10.0.1.10", { spec: { hostNetwork: true } });
  const auto = { "eks.amazonaws.com/nodegroup": "workers", "eks.amazonaws.com/compute-type": "auto" };
  const dumps = {
    interfaces: page(stock(addresses)),
    pods: list(pod("web", "10.0.1.11"), system),
    nodes: list(node()),
  };
  test.each<[string, Record<string, unknown>, string, string]>([
    ["where no Pod of aws-node runs", {}, "no-aws-node", "no Pod of the DaemonSet aws-node"],
    [
      "on nodes labelled as EKS Auto Mode's",
      { nodes: list(node(NODE, INSTANCE, auto)), pods: list(pod("web", "10.0.1.11"), awsNode()) },
      "auto-mode",
      "EKS Auto Mode",
    ],
    [
      "on nodes whose interfaces EKS Auto Mode runs",
      { interfaces: page(stock(addresses, { Operator: { Managed: true, Principal: "eks" } })) },
      "auto-mode",
      "EKS Auto Mode",
    ],
  ])("%s", async (_, more, why, words) => {
    const { document } = await plan({ ...dumps, ...more });
    expect(document.nodeGroups[0]).toMatchObject({ warmTargetsNotSettable: why });
    expect(document.nodeGroups[0]).not.toHaveProperty("warmTargets");
    const text = (await told({ ...dumps, ...more })).replaceAll(/\s+/g, " ");
    expect(text).toContain("Warm targets of group workers: not settable here");
    expect(text).toContain(words);
  });
});

test("another CNI's orphans stand in the summary with what they hold, and with a next step", async () => {
  const orphan = (id: string, addresses: readonly string[]) =>
    detached(
      { NetworkInterfaceId: id, PrivateIpAddress: addresses[0], TagSet: cniTags("i-0dead") },
      addresses.slice(1),
    );
  const text = await told({
    interfaces: page(
      stock(["10.0.1.11"]),
      orphan("eni-7", ["10.0.1.70", "10.0.1.71"]),
      orphan("eni-8", ["10.0.1.80"]),
    ),
    pods: list(pod("web", "10.0.1.11"), awsNode()),
  });
  expect(text).toContain("2 look orphaned (another CNI's), holding 3 addresses");
  expect(text).toMatch(/INTERFACE +LOOKS +ADDRS/);
  expect(text).toContain("Next: look again whether it is still detached");
});

test("numbers and nouns agree, and nodes that are not on EC2 are called so", async () => {
  const fargate = {
    ...node("fargate-ip-10-0-9-9", "x"),
    spec: { providerID: "aws:///eu-west-1a/1/fargate-ip-10-0-9-9" },
  };
  const text = await told({
    interfaces: page(stock(["10.0.1.11"])),
    pods: list(awsNode()),
    nodes: list(node(), fargate),
  });
  expect(text).toContain("1 address on 1 interface, 1 node (and 1 not on EC2), 1 Pod");
  expect(text).not.toContain("has none");
});
