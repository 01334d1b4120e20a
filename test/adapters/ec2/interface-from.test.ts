import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type ReadInterface, readInterface } from "../../../src/adapters/ec2/interface-from.ts";
import type { NetworkInterface } from "../../../src/domain/evidence.ts";
import fc from "../../property.ts";

const RECORDED = new URL("../../../../shared/inputs/", import.meta.url);

function object(read: ReadInterface): NetworkInterface {
  if (!read.readable) throw new Error(`${read.path} ${read.why}`);
  return read.object;
}

function trouble(raw: unknown): { path: string; why: string; id?: string } {
  const read = readInterface(raw);
  if (read.readable) throw new Error("it was readable");
  return read;
}

const plain = (more: object = {}) => ({
  NetworkInterfaceId: "eni-1",
  PrivateIpAddress: "10.0.0.4",
  PrivateIpAddresses: [
    { Primary: true, PrivateIpAddress: "10.0.0.4" },
    { Primary: false, PrivateIpAddress: "10.0.0.5" },
  ],
  ...more,
});

describe("readInterface", () => {
  it("reads every field that a judgement rests on", () => {
    const raw = plain({
      OwnerId: "123456789012",
      SubnetId: "subnet-1",
      VpcId: "vpc-1",
      AvailabilityZone: "eu-central-1a",
      Description: "",
      InterfaceType: "interface",
      RequesterId: "someone",
      RequesterManaged: false,
      Operator: { Managed: true, Principal: "eks.amazonaws.com" },
      Status: "in-use",
      Attachment: {
        AttachmentId: "eni-attach-1",
        AttachTime: "2021-12-22T08:21:41Z",
        InstanceId: "i-1",
        InstanceOwnerId: "123456789012",
        DeviceIndex: 0,
        Status: "attached",
        DeleteOnTermination: true,
      },
      Ipv4Prefixes: [{ Ipv4Prefix: "10.0.0.16/28" }],
      TagSet: [{ Key: "a", Value: "b" }],
    });
    expect(object(readInterface(raw))).toEqual({
      id: "eni-1",
      ownerID: "123456789012",
      subnetID: "subnet-1",
      vpcID: "vpc-1",
      availabilityZone: "eu-central-1a",
      description: "",
      type: "interface",
      requesterID: "someone",
      requesterManaged: false,
      operatorManaged: true,
      status: "in-use",
      attachment: {
        id: "eni-attach-1",
        instanceID: "i-1",
        instanceOwnerID: "123456789012",
        deviceIndex: 0,
        status: "attached",
        deleteOnTermination: true,
      },
      primary: "10.0.0.4",
      addresses: ["10.0.0.5"],
      prefixes: ["10.0.0.16/28"],
      tags: { a: "b" },
    });
  });

  it("leaves out what the answer left out, and guesses nothing", () => {
    expect(object(readInterface({ NetworkInterfaceId: "eni-1", Attachment: null }))).toEqual({
      id: "eni-1",
      addresses: [],
      prefixes: [],
    });
  });

  it("keeps the top-level address as primary where Primary is missing", () => {
    const raw = plain({
      PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.4" }, { PrivateIpAddress: "10.0.0.5" }],
    });
    expect(object(readInterface(raw))).toMatchObject({ primary: "10.0.0.4", addresses: ["10.0.0.5"] });
  });

  it("H19 keeps the primary also where the top level spells it with leading zeros", () => {
    const raw = plain({ PrivateIpAddress: "010.000.000.004" });
    expect(object(readInterface(raw))).toMatchObject({ primary: "10.0.0.4", addresses: ["10.0.0.5"] });
  });

  it.each([
    [
      "nothing tells the primary",
      { PrivateIpAddress: undefined, PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.5" }] },
      "PrivateIpAddresses",
    ],
    [
      "two say Primary",
      {
        PrivateIpAddress: undefined,
        PrivateIpAddresses: [
          { Primary: true, PrivateIpAddress: "10.0.0.4" },
          { Primary: true, PrivateIpAddress: "10.0.0.5" },
        ],
      },
      "PrivateIpAddresses[1].Primary",
    ],
    ["the top level contradicts Primary", { PrivateIpAddress: "10.0.0.9" }, "PrivateIpAddresses[0].Primary"],
    [
      "an address is none",
      {
        PrivateIpAddresses: [
          { Primary: true, PrivateIpAddress: "10.0.0.4" },
          {},
          { PrivateIpAddress: "10.0.0.256" },
        ],
      },
      "PrivateIpAddresses[1].PrivateIpAddress",
    ],
    [
      "an address is IPv6",
      { PrivateIpAddresses: [{ PrivateIpAddress: "fd00::1" }] },
      "PrivateIpAddresses[0].PrivateIpAddress",
    ],
    ["the top-level address is none", { PrivateIpAddress: "" }, "PrivateIpAddress"],
    [
      "a prefix is no /28",
      { Ipv4Prefixes: [{ Ipv4Prefix: "10.0.0.16/28" }, { Ipv4Prefix: "10.0.0.17/28" }] },
      "Ipv4Prefixes[1].Ipv4Prefix",
    ],
    [
      "Primary is a text",
      { PrivateIpAddresses: [{ Primary: "true", PrivateIpAddress: "10.0.0.4" }] },
      "PrivateIpAddresses[0].Primary",
    ],
    ["the addresses are no list", { PrivateIpAddresses: {} }, "PrivateIpAddresses"],
    ["RequesterManaged is a text", { RequesterManaged: "false" }, "RequesterManaged"],
    ["the attachment is a text", { Attachment: "eni-attach-1" }, "Attachment"],
    ["the instance is a number", { Attachment: { InstanceId: 7 } }, "Attachment.InstanceId"],
    ["a tag has no key", { TagSet: [{ Value: "x" }] }, "TagSet[0].Key"],
  ])("H20 does not read an interface where %s", (_, more, path) => {
    expect(trouble(plain(more))).toMatchObject({ id: "eni-1", path });
  });

  it.each([null, undefined, 5, "eni-1", []])("does not read %p", (raw) => {
    expect(trouble(raw).path).toBe("");
  });

  it("does not read an interface without an ID", () => {
    expect(trouble(plain({ NetworkInterfaceId: undefined }))).toEqual({
      readable: false,
      path: "NetworkInterfaceId",
      why: "is missing",
    });
  });

  it.each([
    ["TagSet", { TagSet: [{ Key: "a", Value: "1" }] }, { a: "1" }],
    ["Tags", { Tags: [{ Key: "a", Value: "1" }] }, { a: "1" }],
    ["lower case", { TagSet: [{ key: "a", value: "1" }] }, { a: "1" }],
    ["a map", { Tags: { a: "1" } }, { a: "1" }],
    ["a tag without value", { TagSet: [{ Key: "a" }] }, { a: "" }],
    ["both", { TagSet: [{ Key: "a", Value: "1" }], Tags: [{ Key: "b", Value: "2" }] }, { a: "1", b: "2" }],
    ["none", { TagSet: [] }, {}],
  ])("H18 reads tags given as %s", (_, more, tags) => {
    expect(object(readInterface(plain(more))).tags).toEqual(tags);
  });

  it("never calls a primary secondary, never throws, whatever it is given", () => {
    const addresses = fc.constantFrom("10.0.0.4", "10.0.0.5", "010.0.0.4", "x", undefined);
    const entry = fc.record(
      { PrivateIpAddress: addresses, Primary: fc.constantFrom(true, false, undefined, "true") },
      { requiredKeys: [] },
    );
    const raw = fc.record(
      {
        NetworkInterfaceId: fc.constantFrom("eni-1", "", undefined, 7),
        PrivateIpAddress: addresses,
        PrivateIpAddresses: fc.oneof(fc.array(entry), fc.anything()),
        Ipv4Prefixes: fc.anything(),
        TagSet: fc.anything(),
        Attachment: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(raw, (value) => {
        const read = readInterface(value);
        if (!read.readable) return true;
        const { primary, addresses: secondary } = read.object;
        return secondary.length === 0 || (primary !== undefined && !secondary.includes(primary));
      }),
    );
  });
});

const recorded = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => name.endsWith(".json")) : [];

describe("readInterface on recorded dumps", () => {
  const dumps = recorded
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, RECORDED), "utf8"))] as const)
    .filter(([, dump]) => Array.isArray(dump.NetworkInterfaces));

  if (dumps.length === 0)
    it.skip("skipped: no recorded dumps beside the repository (../shared/inputs)", () => undefined);
  else
    it.each(dumps)("reads every interface of %s, and every address of it", (_, dump) => {
      for (const raw of dump.NetworkInterfaces) {
        const one = object(readInterface(raw));
        const listed = (raw.PrivateIpAddresses ?? []).map(
          (entry: { PrivateIpAddress: string }) => entry.PrivateIpAddress,
        );
        expect(new Set([...(one.primary === undefined ? [] : [one.primary]), ...one.addresses])).toEqual(
          new Set([...listed, ...(raw.PrivateIpAddress === undefined ? [] : [raw.PrivateIpAddress])]),
        );
      }
    });
});
