/** What an uninstall is refused for, and what not (scripts/uninstall). */
import { describe, expect, test } from "@jest/globals";
import { obstaclesTo } from "../../scripts/uninstall/obstacles.ts";
import { StandingLeases } from "../../scripts/uninstall/standing-leases.ts";
import type { Record, State } from "../../scripts/uninstall/state.ts";
import { inTheWay, summaryOf } from "../../scripts/uninstall/words.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

const record = (more: Partial<Record> = {}): Record => ({
  address: "10.0.3.17",
  nodeName: "node-a",
  claim: undefined,
  isMarked: false,
  releaseTime: undefined,
  tombstonesUntil: [],
  ...more,
});
const claim = { pod: "shop/web-0", podUID: "uid-of-web-0", isStatic: false };

const state = (more: Partial<State> = {}): State => ({
  now: NOW,
  hasNamespace: true,
  kinds: ["vpcips"],
  records: [],
  livingPods: new Set(),
  podsOfOurs: [],
  leases: [],
  ...more,
});

const lease = (holderIdentity: string, more: object = {}): StoredLease => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "node-a", uid: "u", resourceVersion: "1" },
  spec: { holderIdentity, leaseDurationSeconds: 60, renewTime: at(0), ...more },
});

const sentences = (seen: State, isAbandoned = (_: string) => false) =>
  obstaclesTo(seen, isAbandoned).map(({ kind, sentence }) => `${kind}: ${sentence}`);

describe("an uninstall", () => {
  test("is refused while a Pod has an address, and names both", () => {
    const records = [record({ claim })];
    expect(sentences(state({ records, livingPods: new Set([claim.podUID]) }))).toEqual([
      "pod: 10.0.3.17 is the address of Pod shop/web-0 on node node-a: nobody would know that it is taken",
    ]);
  });

  test("is let through where that Pod is gone, or another one has its name", () => {
    expect(
      sentences(state({ records: [record({ claim })], livingPods: new Set(["uid-of-the-next"]) })),
    ).toEqual([]);
  });

  test("is let through where there are marks only, and where there is nothing", () => {
    expect(sentences(state({ records: [record({ isMarked: true })] }))).toEqual([]);
    expect(sentences(state())).toEqual([]);
  });

  test("is refused while an agent runs", () => {
    expect(sentences(state({ podsOfOurs: ["vpcip-agent-x7k2p"] }))).toEqual([
      "pod: Pod vpcip-system/vpcip-agent-x7k2p runs: take the agent from all nodes first",
    ]);
  });

  test("is refused until 35 minutes after an intent, for EC2 may take a request that late, and no longer", () => {
    const begun = (minutes: number) => state({ records: [record({ releaseTime: at(minutes) })] });
    expect(sentences(begun(-34))).toEqual([
      "release: 10.0.3.17 of node node-a is being released: EC2 may take it away until 2026-06-01T12:01:00.000Z",
    ]);
    expect(sentences(begun(-35))).toEqual([]);
  });

  test("is refused until the last tombstone is over, and no longer", () => {
    const bound = (...minutes: number[]) =>
      state({ records: [record({ tombstonesUntil: minutes.map((minute) => at(minute)) })] });
    expect(sentences(bound(-5, 3))).toHaveLength(1);
    expect(sentences(bound(-5, 0))).toEqual([]);
    // Later than the intent's own end.
    const both = record({ releaseTime: at(-40), tombstonesUntil: [at(1)] });
    expect(sentences(state({ records: [both] }))).toHaveLength(1);
  });

  test("is refused where a time can't be read: unknown is not over", () => {
    for (const unread of [record({ releaseTime: "soon" }), record({ tombstonesUntil: [at(-5), "soon"] })])
      expect(sentences(state({ records: [unread] }))).toEqual([
        expect.stringContaining("until a time that can't be read"),
      ]);
  });

  test("is refused while a lease is held, and let through where it is free or its holder gone", () => {
    const held = state({ leases: [lease("reclaimer-run-7")] });
    expect(sentences(held)).toEqual([
      "release: the lease of node node-a is held by reclaimer-run-7: somebody is at work there, or left it behind, which --wait finds out",
    ]);
    expect(sentences(held, (nodeName) => nodeName === "node-a")).toEqual([]);
    expect(sentences(state({ leases: [lease("")] }))).toEqual([]);
  });
});

describe("a lease that is looked at again and again", () => {
  const after = (looks: readonly (readonly [number, StoredLease])[]) => {
    const standing = new StandingLeases();
    for (const [second, one] of looks) standing.look([one], second * 1000);
    return standing.isAbandoned("node-a", (looks.at(-1)?.[0] ?? 0) * 1000);
  };

  test("is nobody's once it has stood unchanged for its term", () => {
    expect(after([[0, lease("a")]])).toBe(false);
    expect(
      after([
        [0, lease("a")],
        [59, lease("a")],
      ]),
    ).toBe(false);
    expect(
      after([
        [0, lease("a")],
        [60, lease("a")],
      ]),
    ).toBe(true);
  });

  test("is somebody's while it is renewed, whatever its clock shows", () => {
    expect(
      after([
        [0, lease("a")],
        [50, lease("a", { renewTime: at(-999) })],
        [100, lease("a", { renewTime: at(-999) })],
      ]),
    ).toBe(false);
  });

  test("stands for its own term, where that is longer, and an hour at most", () => {
    const long = (seconds: number) => lease("a", { leaseDurationSeconds: seconds });
    for (const [term, second, expected] of [
      [120, 119, false],
      [120, 120, true],
      [86_400, 3_599, false],
      [86_400, 3_600, true],
      [1, 59, false],
    ] as const)
      expect([
        term,
        second,
        after([
          [0, long(term)],
          [second, long(term)],
        ]),
      ]).toEqual([term, second, expected]);
  });
});

test("the summary tells what would be forgotten", () => {
  const records = [
    record({ claim }),
    record({ claim: { ...claim, podUID: "gone", isStatic: true } }),
    record({ claim: { ...claim, podUID: "gone" }, isMarked: true }),
  ];
  expect(summaryOf(state({ records, livingPods: new Set([claim.podUID]) }))).toBe(
    "there are 3 VpcIPs: 1 of Pods, 1 static ones kept for Pods that may come back, 1 marked as leaked",
  );
  expect(summaryOf(state({ kinds: [] }))).toBe("there are no kinds of eni-reclaimer in this cluster");
});

test("of many obstacles ten are told, and how many more there are", () => {
  const obstacles = Array.from({ length: 12 }, (_, index) => ({
    kind: "pod" as const,
    sentence: `Pod ${index}`,
  }));
  const lines = inTheWay(obstacles, "refused").split("\n");
  expect([lines.length, lines[0], lines[10], lines[11]]).toEqual([12, "refused:", "  Pod 9", "  and 2 more"]);
});
