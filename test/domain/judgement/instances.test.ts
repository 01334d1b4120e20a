import { describe, expect, it } from "@jest/globals";
import { instancesInQuestion } from "../../../src/domain/judgement/index.ts";
import { claimOf, evidence, interface_, labels, node, orphan, vpcIP, X } from "../builders.ts";

const asked = (world: Parameters<typeof evidence>[0]) => instancesInQuestion(evidence(world));

describe("the instances of which EC2's word is needed", () => {
  it("asks for none whose interfaces are attached", () => {
    expect(asked({ vpcIPs: { [X]: vpcIP({ claim: claimOf() }) } })).toEqual([]);
  });

  it("asks for those that records and configs name, and no interface shows", () => {
    const nodes = { "node-b": node({ instanceID: "i-b" }) };
    const vpcIPs = { [X]: vpcIP({ instanceID: "i-c" }), "10.0.0.99": labels({ instance: "i-d" }) };
    expect(asked({ nodes, vpcIPs })).toEqual(["i-b", "i-c", "i-d"]);
  });

  it("asks for those of our detached interfaces, attached others or not, and of nobody else's", () => {
    const interfaces = [interface_(), orphan(), orphan({ tags: { "vpcip.dev/instance-id": "i-x" } })];
    expect(asked({ interfaces })).toEqual(["i-a"]);
  });
});
