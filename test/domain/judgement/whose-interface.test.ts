import { describe, expect, it } from "@jest/globals";
import { CLUSTER, config, decided, interface_, ip, node, orphan, X } from "../builders.ts";

const on = (over: Parameters<typeof interface_>[0]) => ({ interfaces: [interface_(over)] });
const O = ip("10.0.0.40");

describe("whose an attached interface is", () => {
  it("releases from a plain interface of a node that we manage", () => {
    expect(decided(on({}))).toBe("leaked never-recorded");
    expect(decided(on({ tags: { "vpcip.dev/cluster-uid": CLUSTER } }))).toBe("leaked never-recorded");
  });

  it("H76 releases from an interface without any tag", () => {
    expect(decided(on({ tags: {} }))).toBe("leaked never-recorded");
  });

  it.each(["trunk", "branch", "efa", "load_balancer", "lambda", "natGateway"])(
    "keeps on a %s interface",
    (type) => {
      expect(decided(on({ type }))).toBe("keep interface-type");
    },
  );

  it("keeps on an interface that an AWS service manages", () => {
    expect(decided(on({ requesterManaged: true }))).toBe("keep requester-managed");
    expect(decided(on({ operatorManaged: true }))).toBe("keep requester-managed");
  });

  it.each(["type", "requesterManaged"] as const)("keeps as unknown where %s is left out", (field) => {
    const { [field]: _left, ...item } = interface_();
    expect(decided({ interfaces: [item] })).toBe("unknown interface-unknown-kind");
    const { [field]: _too, ...detached } = orphan();
    expect(decided({ interfaces: [detached] }, O)).toBe("unknown interface-unknown-kind");
  });

  it("H18 keeps on an interface whose tag says so, in our word or the VPC CNI's", () => {
    expect(decided(on({ tags: { "vpcip.dev/keep": "" } }))).toBe("keep opt-out");
    expect(decided(on({ tags: { "node.k8s.amazonaws.com/no_manage": "true" } }))).toBe("keep opt-out");
    expect(decided(on({ tags: { "node.k8s.amazonaws.com/no_manage": "false" } }))).toBe(
      "leaked never-recorded",
    );
  });

  it("keeps what a foreign allocator has, and what is on a node without NodeENIConfig", () => {
    expect(decided({ nodes: {} })).toBe("keep foreign-node");
    expect(decided({ nodes: { "node-a": node({ allocator: "foreign" }) } })).toBe("keep foreign-node");
    expect(decided(on({ attachment: { instanceID: "i-other", status: "attached" } }))).toBe(
      "keep foreign-node",
    );
  });

  it("H11 never takes a tag's word for the node where that node's config names another instance", () => {
    const { node: _view, ...unseen } = node();
    const other = {
      attachment: { instanceID: "i-old", status: "attached" },
      tags: { "vpcip.dev/node": "node-a" },
    };
    expect(decided({ nodes: { "node-a": unseen }, ...on(other) })).toBe("keep foreign-node");
  });

  it("never takes the sentinel for a node", () => {
    expect(decided({ nodes: { "sentinel.vpcip.dev": node() } })).toBe("keep foreign-node");
  });

  it("keeps what is attached to no instance of this account", () => {
    expect(decided(on({ attachment: { instanceOwnerID: "amazon-elb", status: "attached" } }))).toBe(
      "keep not-ours",
    );
  });

  it("H65 keeps what another cluster's tag claims, attached or not", () => {
    const tags = { "vpcip.dev/cluster-name": "this", "vpcip.dev/cluster-uid": "uid-of-another" };
    expect(decided(on({ tags }))).toBe("keep other-cluster");
    expect(decided({ interfaces: [orphan({ tags: { ...orphan().tags, ...tags } })] }, O)).toBe(
      "keep other-cluster",
    );
  });

  it.each(["attaching", "detaching", "detached"])("keeps on an interface that is %s", (status) => {
    expect(decided(on({ attachment: { instanceID: "i-a", status } }))).toBe("keep interface-in-transition");
  });

  it("keeps as unknown where nobody says whether it is attached", () => {
    expect(decided(on({ attachment: { instanceID: "i-a" } }))).toBe("unknown interface-unknown-kind");
  });

  it("H10 keeps as unknown where two NodeENIConfigs name one instance", () => {
    const nodes = { "node-a": node(), "node-a.example": node() };
    expect(decided({ nodes })).toBe("unknown node-identity");
  });

  it("H11 keeps as unknown where the Node is another instance by now, or doesn't tell which", () => {
    const other = { name: "node-a", instanceID: "i-new" };
    expect(decided({ nodes: { "node-a": node({}, { node: other }) } })).toBe("unknown node-identity");
    expect(decided({ nodes: { "node-a": node({}, { node: { name: "node-a" } }) } })).toBe(
      "unknown node-identity",
    );
  });

  it("H20 keeps as unknown on the node of a NodeENIConfig that can't be read: by its Node, or by a tag", () => {
    const broken = { config: { readable: false, name: "node-a", why: "pruned" } } as const;
    expect(decided({ nodes: { "node-a": node({}, broken) } })).toBe("unknown config-unreadable");
    const tagged = on({ tags: { "vpcip.dev/node": "node-a" } });
    expect(decided({ nodes: { "node-a": broken }, ...tagged })).toBe("unknown config-unreadable");
  });

  it("H16 keeps as unknown on a node whose NodeENIConfig doesn't name its instance yet", () => {
    const { status: _none, ...object } = config().object;
    const young = node({}, { config: { readable: true, object } });
    expect(decided({ nodes: { "node-a": young } })).toBe("unknown config-incomplete");
  });

  it("judges a primary never, and each other address once", () => {
    expect(decided(on({ addresses: [ip("10.0.0.1"), X] }), ip("10.0.0.1"))).toBe("nothing");
    expect(decided(on({ addresses: [ip("10.0.0.1"), X] }))).toBe("leaked never-recorded");
  });
});

describe("whose a detached interface is", () => {
  it("keeps one without our cluster's UID, whatever its name says", () => {
    const tags = { "vpcip.dev/cluster-name": "this", "vpcip.dev/instance-id": "i-a" };
    expect(decided({ interfaces: [orphan({ tags })] }, O)).toBe("keep not-ours");
    const { tags: _none, ...untagged } = orphan();
    expect(decided({ interfaces: [untagged] }, O)).toBe("keep not-ours");
  });

  it("keeps as unknown one that is detached and not available", () => {
    expect(decided({ interfaces: [orphan({ status: "in-use" })] }, O)).toBe("unknown interface-contradicts");
  });
});
