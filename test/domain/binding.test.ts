import { describe, expect, it } from "@jest/globals";
import { endedBindings, ownersOf } from "../../src/domain/binding.ts";
import type { Parsed } from "../../src/domain/objects/metadata.ts";
import type { StoredNodeENIConfig } from "../../src/domain/objects/nodeeniconfig.ts";
import { ago, config, interface_, NOW, record, X, Y } from "./builders.ts";

const binding = { address: X, interfaceID: "eni-a" };
const other = config({ instanceID: "i-b" }, "node-b");
const unread: Parsed<StoredNodeENIConfig> = { readable: false, name: "node-x", why: "newer" };

/** Names of the owners, or why nobody can say. */
function owners(item: Parameters<typeof ownersOf>[1], configs: Parsed<StoredNodeENIConfig>[]) {
  const found = ownersOf(binding, item, configs);
  return found.known ? found.configs.map(({ metadata }) => metadata.name) : found.why;
}

describe("whose pool may list an address that a tombstone binds", () => {
  it("H69 is that of the instance which has the interface", () => {
    expect(owners(interface_(), [other, config()])).toEqual(["node-a"]);
  });

  it("H69 is that of each that lists the interface, or the address on it, whatever EC2 says", () => {
    const listing = config({ instanceID: "i-c", interfaces: [{ id: "eni-a" }] }, "node-c");
    const pooling = config({ instanceID: "i-d", pool: [{ ...binding, address: "010.0.0.10" }] }, "node-d");
    const cooling = config({ instanceID: "i-e", cooling: [{ ...binding, until: ago(0) }] }, "node-e");
    expect(owners(undefined, [other, listing, pooling, cooling])).toEqual(["node-c", "node-d", "node-e"]);
  });

  it("is nobody's that lists another address, or the address on another interface", () => {
    const pool = [
      { address: Y, interfaceID: "eni-a" },
      { address: X, interfaceID: "eni-b" },
    ];
    expect(owners(undefined, [config({ instanceID: "i-b", pool }, "node-b")])).toEqual([]);
  });

  it("is nobody's where its node is gone", () => {
    expect(owners(interface_(), [other])).toEqual([]);
    expect(owners(undefined, [other, unread])).toEqual([]);
  });

  it("is not known where the interface's instance may be that of a config which can't be read", () => {
    const lists = config({ instanceID: "i-b", interfaces: [{ id: "eni-a" }] }, "node-b");
    expect(owners(interface_(), [lists, unread])).toContain("node-x");
    expect(owners(interface_(), [config(), unread])).toEqual(["node-a"]);
  });
});

it("bindings are over at their very end, and not before", () => {
  const tombstones = [
    { interfaceID: "eni-a", until: ago(0) },
    { interfaceID: "eni-b", until: ago(-0.001) },
  ];
  expect(endedBindings(record({ tombstones }), NOW)).toEqual([binding]);
});
