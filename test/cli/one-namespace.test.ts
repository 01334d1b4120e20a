import { describe, expect, test } from "@jest/globals";
import { awsNode, list, managed, node, page, pod } from "./dumps.ts";
import { stock } from "./stock.ts";
import { plan, told } from "./worlds.ts";

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
