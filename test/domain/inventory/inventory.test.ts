import { describe, expect, test } from "@jest/globals";
import { type Address, type Prefix, parseAddress, parsePrefix } from "../../../src/domain/address.ts";
import type { NetworkInterface, PodView } from "../../../src/domain/evidence.ts";
import { inventoryOf } from "../../../src/domain/inventory/index.ts";
import { kindOf } from "../../../src/domain/inventory/kind.ts";
import { detachedOf } from "../../../src/domain/inventory/orphan.ts";
import type { UseTotals } from "../../../src/domain/inventory/use.ts";
import { freedBy } from "../../../src/domain/inventory/warm.ts";

const at = (text: string) => parseAddress(text) as Address;

function face(more: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    id: "eni-1",
    type: "interface",
    requesterManaged: false,
    status: "in-use",
    attachment: { instanceID: "i-1", status: "attached" },
    primary: at("10.0.0.10"),
    addresses: [],
    prefixes: [],
    ...more,
  };
}

function podAt(address: string, more: Partial<PodView> = {}): PodView {
  return {
    uid: address,
    namespace: "default",
    name: `pod-${address}`,
    nodeName: "node-1",
    hostNetwork: false,
    finished: false,
    terminating: false,
    addresses: [at(address)],
    keep: false,
    ...more,
  };
}

describe("what an interface is", () => {
  test.each<[string, Partial<NetworkInterface>, string]>([
    ["a plain one", {}, "plain"],
    ["one of the Amazon VPC CNI by description", { description: "aws-K8S-i-0123" }, "aws-node"],
    ["one of the Amazon VPC CNI by tags", { tags: { "eks:eni:owner": "amazon-vpc-cni" } }, "aws-node"],
    ["a trunk by type", { type: "trunk", description: "aws-k8s-trunk-eni" }, "trunk"],
    ["a branch by description", { description: "aws-k8s-branch-eni" }, "branch"],
    [
      "a load balancer by description",
      { requesterManaged: true, description: "ELB app/shop/1234" },
      "load-balancer",
    ],
    ["a load balancer by type", { type: "network_load_balancer" }, "load-balancer"],
    ["a NAT gateway by either spelling", { type: "natGateway" }, "nat-gateway"],
    ["a VPC endpoint", { type: "vpc_endpoint" }, "vpc-endpoint"],
    ["a gateway load balancer endpoint", { type: "gateway_load_balancer_endpoint" }, "vpc-endpoint"],
    ["Lambda", { type: "lambda", description: "AWS Lambda VPC ENI-f" }, "lambda"],
    ["EFA", { type: "efa" }, "efa"],
    ["EFA without IP", { type: "efa-only" }, "efa"],
    [
      "the EKS control plane",
      { description: "Amazon EKS shop", attachment: { status: "attached" } },
      "eks-control-plane",
    ],
    ["RDS", { requesterManaged: true, description: "RDSNetworkInterface" }, "rds"],
    ["a node of EKS Auto Mode", { operatorManaged: true }, "managed-node"],
    ["an unknown service's", { requesterManaged: true, description: "" }, "aws-service"],
    ["one of a kind not yet known", { type: "next_year" }, "aws-service"],
    [
      "one attached to nobody's instance here",
      { attachment: { status: "attached", instanceOwnerID: "amazon-aws" } },
      "aws-service",
    ],
  ])("%s", (_, more, kind) => {
    expect(kindOf(face(more)).kind).toBe(kind);
  });

  test("what EC2 states counts more than what a description says", () => {
    expect(kindOf(face({ type: "vpc_endpoint", description: "aws-K8S-i-0123" })).kind).toBe("vpc-endpoint");
    expect(kindOf(face({ operatorManaged: true, description: "aws-K8S-i-0123" })).kind).toBe("managed-node");
  });
});

describe("a detached interface of a CNI", () => {
  const left = (more: Partial<NetworkInterface> = {}) => {
    const { attachment: _, ...rest } = face({
      status: "available",
      tags: { "node.k8s.amazonaws.com/instance_id": "i-9" },
      ...more,
    });
    return rest;
  };
  const now = Date.parse("2026-03-01T12:00:00Z");

  test("looks orphaned where its instance has no interface here", () => {
    expect(detachedOf(left(), new Set(["i-1"]), now)).toMatchObject({ looks: "orphan", instanceID: "i-9" });
  });
  test("does not where its instance is here, it is young, attached, or a service's", () => {
    expect(detachedOf(left(), new Set(["i-9"]), now)?.looks).toBe("instance-here");
    const young = {
      "node.k8s.amazonaws.com/createdAt": "2026-03-01T11:55:00Z",
      "eks:eni:owner": "amazon-vpc-cni",
    };
    expect(detachedOf(left({ tags: young }), new Set(), now)?.looks).toBe("young");
    expect(detachedOf(face({ description: "aws-K8S-i-9" }), new Set(), now)).toBeUndefined();
    expect(detachedOf(left({ requesterManaged: true }), new Set(), now)).toBeUndefined();
    expect(detachedOf(left({ status: "pending" }), new Set(), now)).toBeUndefined();
  });
});

describe("warm targets, by the arithmetic of the Amazon VPC CNI", () => {
  const use = (
    addresses: number,
    inUse: number,
    prefixes: Partial<UseTotals["prefixes"]> = {},
  ): UseTotals => ({
    interfaces: 1,
    addresses,
    inUse,
    idle: addresses - inUse,
    prefixes: { count: 0, total: 0, used: 0, empty: 0, partial: 0, needed: 0, ...prefixes },
  });
  // docs/eni-and-ip-target.md: the CNI ends with max(pods + warm, minimum) addresses.
  test.each([
    [98, 3, 5, 10, 98 - 10],
    [98, 15, 5, 10, 98 - 20],
    [9, 5, 1, 1, 3],
    [9, 9, 1, 1, 0],
    [9, 0, 2, 5, 4],
    [4, 3, 2, 5, 0],
  ])("%i addresses, %i in use, warm %i, minimum %i: frees %i", (addresses, inUse, warm, minimum, freed) => {
    expect(freedBy(use(addresses, inUse), warm, minimum)).toBe(freed);
  });

  test.each([
    ["frees empty prefixes, whole", { count: 4, empty: 3 }, 1, 2 * 16 + 16],
    ["keeps a prefix that the warm target needs", { count: 2, empty: 1 }, 15, 0],
    ["keeps prefixes that are in use, however little", { count: 3, empty: 0 }, 3, 0],
  ])("with prefixes it %s", (_, prefixes, inUse, freed) => {
    expect(freedBy(use(prefixes.count * 16, inUse, prefixes), 2, 1)).toBe(freed);
  });
});

describe("who uses what", () => {
  const input = (interfaces: readonly NetworkInterface[], pods: readonly PodView[]) => ({
    interfaces,
    pods,
    nodes: [],
    managed: new Map<string, string>(),
    now: 0,
  });
  const system = podAt("10.0.0.10", { uid: "system", namespace: "kube-system", hostNetwork: true });
  const addresses = [at("10.0.0.11"), at("10.0.0.12"), at("10.0.0.13")];

  test("a live Pod's address is in use, also of a Pod that is terminating", () => {
    const { totals } = inventoryOf(
      input([face({ addresses })], [podAt("10.0.0.11"), podAt("10.0.0.12", { terminating: true })]),
    );
    expect(totals).toMatchObject({ addresses: 3, inUse: 2, idle: 1 });
  });

  test("a finished or hostNetwork Pod's is not", () => {
    const pods = [podAt("10.0.0.11", { finished: true }), podAt("10.0.0.12", { hostNetwork: true })];
    expect(inventoryOf(input([face({ addresses })], pods)).totals.inUse).toBe(0);
  });

  test("a Pod's address in a prefix is in use", () => {
    const prefixes = [parsePrefix("10.0.0.32/28") as Prefix];
    const { totals, match } = inventoryOf(input([face({ prefixes })], [podAt("10.0.0.40"), system]));
    expect(totals.prefixes).toEqual({ count: 1, total: 16, used: 1, empty: 0, partial: 1, needed: 1 });
    expect(match.conclusion).toBe("same-cluster");
  });

  test("a Pod's address that is a primary (Fargate, branch interfaces) is found, and no secondary one", () => {
    const { match, totals } = inventoryOf(input([face()], [podAt("10.0.0.10"), system]));
    expect(match.conclusion).toBe("same-cluster");
    expect(totals.inUse).toBe(0);
  });

  test("two nodes that seem to be one instance are neither", () => {
    const pods = [podAt("10.0.0.11", { nodeName: "a" }), podAt("10.0.0.12", { nodeName: "b" })];
    const { nodes } = inventoryOf(input([face({ addresses })], pods));
    expect(nodes[0]?.identity).toEqual({ instanceID: "i-1", source: "none" });
  });
});
