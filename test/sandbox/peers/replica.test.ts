import { expect, test } from "@jest/globals";
import { VPC_IPS } from "../../../src/adapters/kubernetes/resources.ts";
import { START, World } from "../../../src/sandbox/engine/world.ts";
import { ManualClock } from "../../../src/sandbox/in-process/index.ts";
import type { KubeObject } from "../../../src/sandbox/kubernetes/index.ts";
import { route } from "../../../src/sandbox/kubernetes/route.ts";
import { Replica } from "../../../src/sandbox/peers/replica.ts";

const PATH = "/apis/vpcip.dev/v1alpha1/vpcips/10.0.0.5";

const record = (resourceVersion: string, nodeName: string, uid = "of-the-server"): KubeObject => ({
  apiVersion: "vpcip.dev/v1alpha1",
  kind: "VpcIP",
  metadata: { name: "10.0.0.5", uid, resourceVersion },
  spec: { nodeName },
});

function replica() {
  const { kubernetes } = new World(1, new ManualClock(START));
  const copy = new Replica(kubernetes);
  return {
    copy,
    nodes: () =>
      kubernetes.objects("vpcips.vpcip.dev").map(({ spec }) => (spec as { nodeName: string }).nodeName),
  };
}

test("an answer that was overtaken changes nothing", () => {
  const { copy, nodes } = replica();
  copy.saw(VPC_IPS, record("12", "new"));
  copy.saw(VPC_IPS, record("11", "old"));
  expect(nodes()).toEqual(["new"]);
});

test("another object of the name is taken over whatever its version", () => {
  const { copy, nodes } = replica();
  copy.saw(VPC_IPS, record("12", "first"));
  copy.saw(VPC_IPS, record("11", "second", "another"));
  expect(nodes()).toEqual(["second"]);
});

test("a delete takes the object away, but not while finalizers hold it", () => {
  const { copy, nodes } = replica();
  copy.saw(VPC_IPS, record("12", "one"));
  copy.wrote("DELETE", route("DELETE", PATH), record("13", "still"));
  expect(nodes()).toEqual(["still"]);
  copy.wrote("DELETE", route("DELETE", PATH), { apiVersion: "v1", kind: "Status", status: "Success" });
  expect(nodes()).toEqual([]);
});
