import { describe, expect, test } from "@jest/globals";
import {
  awsNode,
  claimedBy,
  detached,
  eni,
  INTERFACE,
  list,
  managed,
  NODE,
  page,
  pod,
  vip,
} from "./dumps.ts";
import { answerOf, told } from "./worlds.ts";

async function explain(address: string, dumps: Record<string, unknown>) {
  const { code, out, err } = await answerOf("explain", dumps, [address]);
  expect(err).toBe("");
  return { code, document: JSON.parse(out) };
}
const looks = (story: { lookedAt: readonly { at: string; found: string; accounts: boolean | null }[] }) =>
  Object.fromEntries(story.lookedAt.map(({ at, found, accounts }) => [at, { found, accounts }]));

describe("explain tells the whole story of", () => {
  test("an address that a Pod has: where it is, what was looked at, and that it stays", async () => {
    const { code, document } = await explain("10.0.1.11", managed([]));
    expect(code).toBe(0);
    const [story] = document.stories;
    expect(story.where).toMatchObject({
      interface: INTERFACE,
      node: NODE,
      subnet: "subnet-1",
      group: "workers",
      nodeKnownBy: "providerID",
    });
    expect(looks(story)["Pod"]).toEqual({ found: `default/web on ${NODE} shows it: live`, accounts: true });
    expect(looks(story)["VpcIP"]?.found).toContain("claimed for Pod default/web");
    expect(looks(story)["claim"]).toEqual({ found: "not looked at (--claims)", accounts: null });
    expect(story).toMatchObject({
      role: "secondary",
      decision: "keep",
      reason: "claimed",
      next: "it stays as it is",
    });
  });

  test("an address that nothing accounts for: exit 1, and what comes before a release", async () => {
    const { code, document } = await explain("10.0.1.13", managed(["10.0.1.13"]));
    expect(code).toBe(1);
    expect(document.stories).toEqual([
      expect.objectContaining({
        decision: "leaked",
        reason: "never-recorded",
        next: expect.stringContaining("it would be marked now"),
      }),
    ]);
  });

  test("an address in the pool", async () => {
    const { document } = await explain("010.0.001.12", managed([]));
    expect(looks(document.stories[0])["pool"]).toEqual({ found: "it is in it", accounts: true });
    expect(document.stories[0]).toMatchObject({ address: "10.0.1.12", decision: "keep", reason: "pool" });
  });

  test("a primary address", async () => {
    const { code, document } = await explain("10.0.1.10", managed([]));
    expect(code).toBe(0);
    expect(document.stories).toEqual([
      expect.objectContaining({ role: "primary", decision: "keep", reason: "primary" }),
    ]);
  });

  test("an address on none of the interfaces that a Pod shows", async () => {
    const { code, document } = await explain(
      "10.9.9.9",
      managed([], [], { pods: list(pod("web", "10.0.1.11"), pod("fargate", "10.9.9.9")) }),
    );
    expect(code).toBe(0);
    expect(document.stories).toEqual([
      expect.objectContaining({
        role: "nowhere",
        where: null,
        decision: "none",
        use: "in-use",
        words: expect.stringContaining("on none of the given interfaces"),
      }),
    ]);
  });

  test("an address of a foreign node: in use by a Pod or idle, and the tags that tell whose it is", async () => {
    const TagSet = [
      { Key: "cluster.k8s.amazonaws.com/name", Value: "shop" },
      { Key: "node.k8s.amazonaws.com/instance_id", Value: "i-0aaaaaaaaaaaaaaa1" },
      { Key: "Cost", Value: "42" },
    ];
    const dumps = {
      interfaces: page(eni({ TagSet }, ["10.0.1.11", "10.0.1.12"])),
      pods: list(pod("web", "10.0.1.11"), awsNode()),
    };
    const used = (await explain("10.0.1.11", dumps)).document.stories[0];
    expect(used).toMatchObject({ use: "in-use", usedBy: "in use by Pod default/web" });
    expect(used.where.tags).toEqual({
      "cluster.k8s.amazonaws.com/name": "shop",
      "node.k8s.amazonaws.com/instance_id": "i-0aaaaaaaaaaaaaaa1",
    });
    expect((await explain("10.0.1.12", dumps)).document.stories[0]).toMatchObject({ use: "idle" });
    const part = { ...dumps, pods: list(pod("web", "10.0.1.11")) };
    expect((await explain("10.0.1.12", part)).document.stories[0]).toMatchObject({ use: "unknown" });
  });

  test("a left-over record whose address is on no interface", async () => {
    const { code, document } = await explain("10.0.1.99", managed([], [vip("10.0.1.99", claimedBy("gone"))]));
    expect(code).toBe(1);
    expect(document.stories[0]).toMatchObject({
      role: "nowhere",
      decision: "leaked",
      next: expect.stringContaining("its left-over VpcIP would be deleted"),
    });
  });

  test("a member of a prefix, and the prefix itself", async () => {
    const dumps = {
      interfaces: page(eni({ Ipv4Prefixes: [{ Ipv4Prefix: "10.0.2.16/28" }], TagSet: [] })),
      pods: list(pod("a", "10.0.2.20")),
    };
    const member = await explain("10.0.2.20", dumps);
    expect(member.document.stories).toEqual([
      expect.objectContaining({ role: "prefix-member", prefix: "10.0.2.16/28", reason: "foreign-node" }),
    ]);
    expect((await explain("10.0.2.16/28", dumps)).document.stories).toHaveLength(16);
  });

  test("an address that two interfaces have: one story each", async () => {
    const second = detached({ NetworkInterfaceId: "eni-2", PrivateIpAddress: "10.0.1.77", VpcId: "vpc-2" }, [
      "10.0.1.11",
    ]);
    const { document } = await explain("10.0.1.11", {
      interfaces: page(eni({}, ["10.0.1.11"]), second),
      pods: list(pod("web", "10.0.1.11")),
    });
    expect(document.stories.map(({ where }: { where: { interface: string } }) => where.interface)).toEqual([
      INTERFACE,
      "eni-2",
    ]);
  });

  test("an address that dumps of another cluster can't prove: held back", async () => {
    const { code, document } = await explain(
      "10.0.1.13",
      managed(["10.0.1.13"], [], { pods: list(pod("x", "172.16.0.9")) }),
    );
    expect(code).toBe(1);
    expect(document.stories[0].next).toContain("held back: the Pods' addresses are on no interface given");
  });
});

test.each(["10.0.1", "10.0.1.256", "::1", "web", "10.0.1.1/28", "10.0.1.0/24", ""])(
  "explain %p is refused in a sentence",
  async (asked) => {
    const { code, out, err } = await answerOf("explain", managed([]), [asked]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("is neither an IPv4 address");
  },
);

test("explain speaks to people as well", async () => {
  const out = await told(managed(["10.0.1.13"]), ["explain", "10.0.1.13"]);
  expect(out).toContain(`10.0.1.13 is a secondary address of ${INTERFACE}`);
  expect(out).toMatch(/decided +leaked, by these dumps: nothing accounts for it \(never-recorded\)/);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
});

test.each(["10.9.9.9", "10.9.9.0/28"])("explain %s, which nothing names, is refused", async (asked) => {
  const { code, out, err } = await answerOf("explain", managed([]), [asked]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(`${asked} is on none of the 1 interface given`);
});

test("explain tells members of a prefix with the same story once", async () => {
  const dumps = {
    interfaces: page(eni({ Ipv4Prefixes: [{ Ipv4Prefix: "10.0.2.16/28" }], TagSet: [] })),
    pods: list(pod("a", "10.0.2.20"), awsNode()),
  };
  const out = await told(dumps, ["explain", "10.0.2.16/28"]);
  expect(out.match(/^\S+ (?:is|are) .*$/gm)).toEqual([
    `10.0.2.16-10.0.2.19 are each in a prefix of ${INTERFACE} (10.0.2.16/28)`,
    `10.0.2.20 is in a prefix of ${INTERFACE} (10.0.2.16/28)`,
    `10.0.2.21-10.0.2.31 are each in a prefix of ${INTERFACE} (10.0.2.16/28)`,
  ]);
});
