import { describe, expect, it } from "@jest/globals";
import {
  addressOf,
  addressValue,
  compareAddresses,
  parseAddress,
  parsePrefix,
  prefixMembers,
} from "../../src/domain/address.ts";
import fc from "../property.ts";

describe("address", () => {
  it("H19 reads 010.0.0.010 and 10.0.0.10 as one address", () => {
    expect(parseAddress("010.0.0.010")).toBe(parseAddress("10.0.0.10"));
  });

  it("H19 keeps 10.0.0.1 and 10.0.0.10 apart", () => {
    expect(parseAddress("10.0.0.1")).not.toBe(parseAddress("10.0.0.10"));
  });

  it.each(["::ffff:10.0.0.10", "::FFFF:a00:a", "0:0:0:0:0:ffff:0a00:000a"])(
    "H03 reads the IPv4-mapped %s as 10.0.0.10",
    (text) => {
      expect(parseAddress(text)).toBe("10.0.0.10");
    },
  );

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.1/32",
    "10.0.0.-1",
    "ten",
    "fd00::1",
    "1e1.0.0.1",
    "10.0.0.1.2",
  ])("reads %p as no address", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("gives back every 32-bit value", () => {
    fc.assert(fc.property(fc.nat({ max: 0xffffffff }), (value) => addressValue(addressOf(value)) === value));
  });

  it("orders by value, not by text", () => {
    const sorted = ["10.0.0.10", "10.0.0.9", "9.255.0.1"]
      .map((text) => parseAddress(text)!)
      .sort(compareAddresses);
    expect(sorted).toEqual(["9.255.0.1", "10.0.0.9", "10.0.0.10"]);
  });

  it("takes a /28 on its boundary and nothing else for a prefix", () => {
    expect(parsePrefix("10.0.0.208/28")).toBe("10.0.0.208/28");
    expect(parsePrefix("10.0.0.209/28")).toBeUndefined();
    expect(parsePrefix("10.0.0.0/24")).toBeUndefined();
    expect(prefixMembers(parsePrefix("10.0.0.208/28")!).slice(-1)).toEqual(["10.0.0.223"]);
  });
});
