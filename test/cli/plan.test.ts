import { describe, expect, test } from "@jest/globals";
import { KEEP_REASONS } from "../../src/domain/verdict.ts";
import {
  awsNode,
  claimedBy,
  detached,
  eni,
  INSTANCE,
  INTERFACE,
  instances,
  list,
  managed,
  NODE,
  nec,
  node,
  page,
  pod,
  sentinelVip,
  UID,
  vip,
} from "./dumps.ts";
import { answerOf, plan, told } from "./worlds.ts";

const reasons = (rows: readonly { address: string; reason: string }[]) =>
  Object.fromEntries(rows.map(({ address, reason }) => [address, reason]));

describe("plan on a managed cluster", () => {
  test("releases an address that nothing accounts for, and says that marks, grace and the node come first", async () => {
    const { code, document } = await plan(managed(["10.0.1.13"]));
    expect(code).toBe(1);
    expect(document.released).toEqual([
      expect.objectContaining({
        address: "10.0.1.13",
        interface: INTERFACE,
        node: NODE,
        cause: "never-recorded",
        ageSeconds: null,
      }),
    ]);
    expect(document.released[0].next).toBe(
      "it would be marked now, and it would be released after the grace, once its node hands its lease over and its report confirms it",
    );
  });

  test("keeps what a Pod claims and what is in the pool, each with its reason in the planner's words", async () => {
    const { code, document } = await plan(managed([]));
    expect(code).toBe(0);
    expect(document.released).toEqual([]);
    expect(reasons(document.kept)).toEqual({ "10.0.1.11": "claimed", "10.0.1.12": "pool" });
    expect(document.kept[0]).toMatchObject({ interface: INTERFACE, node: NODE });
    for (const reason of Object.keys(document.keptByReason)) expect(KEEP_REASONS).toHaveProperty(reason);
  });

  test("releases the address of a Pod that is gone", async () => {
    const { document } = await plan(managed(["10.0.1.13"], [vip("10.0.1.13", claimedBy("gone"))]));
    expect(document.released).toEqual([expect.objectContaining({ address: "10.0.1.13", cause: "pod-gone" })]);
  });

  test("keeps the address of a Pod that is terminating", async () => {
    const dying = pod("dying", "10.0.1.13");
    Object.assign(dying["metadata"] as object, { deletionTimestamp: "2026-03-01T11:59:00Z" });
    const dumps = managed(["10.0.1.13"], [vip("10.0.1.13", claimedBy("dying"))], {
      pods: list(pod("web", "10.0.1.11"), dying),
    });
    expect((await plan(dumps)).document.released).toEqual([]);
  });

  test("releases the address of a Pod that has finished and still shows it", async () => {
    const done = pod("done", "10.0.1.13", { status: { phase: "Succeeded" } });
    const dumps = managed(["10.0.1.13"], [vip("10.0.1.13", claimedBy("done"))], {
      pods: list(pod("web", "10.0.1.11"), done, awsNode()),
    });
    expect((await plan(dumps)).document.released).toEqual([
      expect.objectContaining({ address: "10.0.1.13", cause: "pod-finished" }),
    ]);
  });

  test("tells how long a mark has stood", async () => {
    const leak = { cause: "never-recorded", scope: "Address", firstObservedAt: "2026-03-01T11:00:00Z" };
    const { document } = await plan(managed(["10.0.1.13"], [vip("10.0.1.13", { leak })]));
    expect(document.released).toEqual([expect.objectContaining({ address: "10.0.1.13", ageSeconds: 3600 })]);
    expect(document.released[0].next).toContain("it is marked since 2026-03-01T11:00:00Z");
  });

  test("keeps everything as unknown where the VpcIPs were not given", async () => {
    const { vips: _, ...dumps } = managed(["10.0.1.13"]);
    const { code, document } = await plan(dumps);
    expect(code).toBe(0);
    expect(document.released).toEqual([]);
    expect(reasons(document.unknown)["10.0.1.13"]).toBe("records-not-read");
  });

  test("keeps an address whose VpcIP has a shape that this version doesn't know", async () => {
    const odd = vip("10.0.1.13", { claim: { holder: "somebody" } });
    const { document } = await plan(managed(["10.0.1.13"], [odd]));
    expect(document.released).toEqual([]);
    expect(reasons(document.unknown)["10.0.1.13"]).toBe("record-unreadable");
  });

  test("keeps the addresses of an interface that AWS operates", async () => {
    const dumps = managed(["10.0.1.13"], [], {
      interfaces: page(
        eni({ Operator: { Managed: true, Principal: "eks.amazonaws.com" } }, ["10.0.1.11", "10.0.1.13"]),
      ),
    });
    const { document } = await plan(dumps);
    expect(document.released).toEqual([]);
    expect(reasons(document.kept)["10.0.1.13"]).toBe("requester-managed");
  });
});

describe("plan holds back what dumps can't prove", () => {
  const leak = ["10.0.1.13"];
  test("keeps everything where the Pods are of another cluster", async () => {
    const elsewhere = list(pod("a", "172.16.0.1"), pod("b", "172.16.0.2"));
    const { code, document } = await plan(
      managed(leak, [vip("10.0.1.13", claimedBy("gone"))], { pods: elsewhere }),
    );
    expect(document.released).toEqual([]);
    expect(reasons(document.heldBack)).toMatchObject({ "10.0.1.13": "dumps-differ" });
    expect(document.warnings[0]).toContain("dumps of different clusters");
    expect(code).toBe(1);
  });

  test("keeps everything where the Pod list is empty", async () => {
    const { document } = await plan(managed(leak, [], { pods: list() }));
    expect(document.released).toEqual([]);
    expect(reasons(document.heldBack)["10.0.1.13"]).toBe("no-pods");
  });

  test("keeps the address of a Pod of a namespace that was not listed", async () => {
    const elsewhere = vip("10.0.1.13", {
      claim: { namespace: "shop", name: "cart", podUID: "uid-cart", containerID: "c" },
    });
    const { document } = await plan(managed(leak, [elsewhere], { pods: list(pod("web", "10.0.1.11")) }));
    expect(document.released).toEqual([]);
    expect(reasons(document.heldBack)["10.0.1.13"]).toBe("namespace-not-listed");
  });

  test("keeps everything on a node most of whose addresses look leaked, as the breaker would", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `10.0.1.${index + 20}`);
    const { document } = await plan(managed(many));
    expect(document.released).toEqual([]);
    expect(document.heldBack).toHaveLength(40);
    expect(reasons(document.heldBack)["10.0.1.20"]).toBe("breaker");
    expect(document.warnings.join()).toContain("the breaker would trip");
  });
});

describe("plan on orphans", () => {
  const orphan = (more = {}) =>
    detached({
      NetworkInterfaceId: "eni-0000000000000009",
      PrivateIpAddress: "10.0.1.90",
      TagSet: [
        { Key: "vpcip.dev/cluster-uid", Value: UID },
        { Key: "vpcip.dev/instance-id", Value: "i-0dead" },
      ],
      ...more,
    });
  const with_ = (interfaces: Record<string, unknown>[], states: Record<string, string> | undefined) =>
    managed([], [], {
      interfaces: page(eni({}, ["10.0.1.11", "10.0.1.12"]), ...interfaces),
      ...(states === undefined ? {} : { instances: instances(states) }),
    });

  test("deletes an orphan whose instance is terminated", async () => {
    const { code, document } = await plan(
      with_([orphan()], { [INSTANCE]: "running", "i-0dead": "terminated" }),
    );
    expect(code).toBe(1);
    expect(document.orphansDeleted).toEqual([
      expect.objectContaining({ interface: "eni-0000000000000009", reason: "interface-orphaned" }),
    ]);
  });

  test("tells of two looks where a complete list of instances lacks it", async () => {
    const { document } = await plan(with_([orphan()], { [INSTANCE]: "running" }));
    expect(document.orphansDeleted[0].next).toContain("at two looks an hour apart");
  });

  test.each([
    ["the instances were not given", undefined, "instance-unknown"],
    ["the list of instances was filtered", { "i-0other": "running" }, "instance-unknown"],
  ])("keeps it where %s", async (_, states, reason) => {
    const { code, document } = await plan(with_([orphan()], states));
    expect(document.orphansDeleted).toEqual([]);
    expect(reasons(document.unknown)["10.0.1.90"]).toBe(reason);
    expect(code).toBe(0);
  });

  test("keeps one whose instance is stopped", async () => {
    const { document } = await plan(with_([orphan()], { [INSTANCE]: "running", "i-0dead": "stopped" }));
    expect(document.orphansDeleted).toEqual([]);
  });

  test("keeps one that is tagged for another cluster", async () => {
    const tags = [{ Key: "vpcip.dev/cluster-uid", Value: "another" }];
    const { document } = await plan(with_([orphan({ TagSet: tags })], { [INSTANCE]: "running" }));
    expect(document.orphansDeleted).toEqual([]);
  });
});

describe("plan in words", () => {
  test("never says that an address was or is released", async () => {
    const out = await told(managed(["10.0.1.13"]));
    expect(out).toContain("Nothing was changed.");
    expect(out).toContain("Would be marked now, and released after the grace once its node confirms");
    expect(out).toMatch(/would be released\s+1\n/);
    expect(out).toContain(KEEP_REASONS.pool);
  });

  test("no line is wider than the terminal, and there is no colour without one", async () => {
    const out = await told(managed(["10.0.1.13"]), ["plan"], 110);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(out).not.toContain("\u001b");
  });

  test("answers the same document as JSON and as YAML", async () => {
    const { parse } = await import("yaml");
    const dumps = managed(["10.0.1.13"]);
    const json = await answerOf("plan", dumps);
    const yaml = await told(dumps, ["plan", "-o", "yaml"]);
    expect(parse(yaml)).toEqual(JSON.parse(json.out));
  });

  test("warns where the sentinels are missing from the lists", async () => {
    const { document } = await plan(managed([], [], { necs: list(nec()), vips: list() }));
    expect(document.warnings.filter((warning: string) => warning.includes("sentinel"))).toHaveLength(2);
    const complete = await plan(managed([]));
    expect(complete.document.warnings).toEqual([]);
  });

  test("keeps a node apart whose Node object is gone", async () => {
    const dumps = managed(["10.0.1.13"], [], {
      nodes: list(node("ip-10-0-9-9", "i-0bbb")),
      vips: list(sentinelVip()),
    });
    const { document } = await plan(dumps);
    expect(document.released).toEqual([]);
    expect(reasons(document.unknown)["10.0.1.13"]).toBe("node-missing");
  });
});
