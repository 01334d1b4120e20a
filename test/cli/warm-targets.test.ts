import { describe, expect, test } from "@jest/globals";
import { awsNode, INSTANCE, list, NODE, node, page, pod } from "./dumps.ts";
import { stock } from "./stock.ts";
import { plan, told } from "./worlds.ts";

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
