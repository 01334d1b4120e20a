import { describe, expect, test } from "@jest/globals";
import { inProcessClient } from "../../../src/sandbox/ec2/index.ts";
import { address, codeOf, interfaceOf, world } from "./world.ts";

function ids(answer: { NetworkInterfaces?: { NetworkInterfaceId?: string | undefined }[] | undefined }) {
  return answer.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId);
}

describe("filters", () => {
  const laid = () => {
    const base = world();
    const { ec2, subnetID, instanceID } = base;
    const a = ec2.seed.createInterface({
      subnetID,
      secondary: [address("10.0.0.91")],
      description: "aws-K8S-i-01",
      tags: { cluster: "c1", Name: "a*b" },
      attachment: { instanceID },
    });
    const b = ec2.seed.createInterface({ subnetID, description: "other", tags: { cluster: "c2" } });
    const nat = ec2.seed.createInterface({
      subnetID,
      interfaceType: "nat_gateway",
      requesterManaged: true,
      attachment: {},
    });
    const find = (name: string, ...values: string[]) =>
      ids(ec2.call("DescribeNetworkInterfaces", { Filters: [{ Name: name, Values: values }] }));
    return { ...base, a, b, nat, find };
  };

  test("find by instance, address, description, tag, type and status", () => {
    const { interfaceID, instanceID, a, b, nat, find } = laid();
    expect(find("attachment.instance-id", instanceID)).toEqual([interfaceID, a]);
    expect(find("addresses.private-ip-address", "10.0.0.91")).toEqual([a]);
    expect(find("description", "aws-K8S-*")).toEqual([a]);
    expect(find("description", "oth?r")).toEqual([b]);
    expect(find("tag:cluster", "c1", "c2")).toEqual([a, b]);
    expect(find("tag-key", "Name")).toEqual([a]);
    expect(find("tag:Name", "a\\*b")).toEqual([a]);
    expect(find("tag:Name", "a\\*c")).toEqual([]);
    expect(find("interface-type", "nat_gateway")).toEqual([nat]);
    expect(find("requester-managed", "true")).toEqual([nat]);
    expect(find("status", "available")).toEqual([b]);
  });

  test("are joined by AND, their values by OR", () => {
    const { ec2, a } = laid();
    const answer = ec2.call("DescribeNetworkInterfaces", {
      Filters: [
        { Name: "tag:cluster", Values: ["c1", "c2"] },
        { Name: "status", Values: ["in-use"] },
      ],
    });
    expect(ids(answer)).toEqual([a]);
  });

  test("an unknown filter is an error, and so are more than 200 values", () => {
    const { ec2 } = laid();
    const find = (Name: string, Values: string[]) =>
      codeOf(() => ec2.call("DescribeNetworkInterfaces", { Filters: [{ Name, Values }] }));
    expect(find("instance-id", ["i-01"])).toBe("InvalidParameterValue");
    expect(find("toString", ["x"])).toBe("InvalidParameterValue");
    expect(find("subnet-id", Array(201).fill("subnet-01"))).toBe("FilterLimitExceeded");
    expect(find("subnet-id", Array(200).fill("subnet-01"))).toBe("done");
  });
});

describe("pages", () => {
  const many = (count: number) => {
    const base = world({}, "10.0.0.0/16");
    for (let index = 0; index < count; index++) base.ec2.seed.createInterface({ subnetID: base.subnetID });
    return base;
  };

  test("every interface is on exactly one page, in the order of creation", () => {
    const { ec2 } = many(42);
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = ec2.call("DescribeNetworkInterfaces", { MaxResults: 10, ...(NextToken && { NextToken }) });
      seen.push(...(ids(page) ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(ec2.snapshot().map(({ id }) => id));
  });

  test("an interface that goes between two pages hides no other", () => {
    const { ec2 } = many(20);
    const all = ec2.snapshot().map(({ id }) => id);
    const first = ec2.call("DescribeNetworkInterfaces", { MaxResults: 10 });
    ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: all[3] });
    const second = ec2.call("DescribeNetworkInterfaces", { MaxResults: 1000, NextToken: first.NextToken });
    expect([...(ids(first) ?? []), ...(ids(second) ?? [])]).toEqual(all);
  });

  test("pages may be short or empty and still have a token", () => {
    const { ec2 } = many(42);
    ec2.shortPages = true;
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = ec2.call("DescribeNetworkInterfaces", { MaxResults: 10, ...(NextToken && { NextToken }) });
      sizes.push(page.NetworkInterfaces?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(43);
    expect(sizes.length).toBeGreaterThan(5);
  });

  test("bounds, tokens and IDs are checked", () => {
    const { ec2, interfaceID } = many(20);
    const look = (request: object) => codeOf(() => ec2.call("DescribeNetworkInterfaces", request));
    const { NextToken } = ec2.call("DescribeNetworkInterfaces", { MaxResults: 5 });
    expect(look({ MaxResults: 4 })).toBe("InvalidParameterValue");
    expect(look({ MaxResults: 1001 })).toBe("InvalidParameterValue");
    expect(look({ NextToken: "nonsense" })).toBe("InvalidParameterValue");
    expect(look({ NextToken, Filters: [{ Name: "status", Values: ["in-use"] }] })).toBe(
      "InvalidParameterValue",
    );
    expect(look({ MaxResults: 5, NetworkInterfaceIds: [interfaceID] })).toBe("InvalidParameterCombination");
    expect(look({ NetworkInterfaceIds: [interfaceID, "eni-0ff"] })).toBe(
      "InvalidNetworkInterfaceID.NotFound",
    );
  });

  test("without pages and without a narrowing filter a large account is refused", () => {
    const { ec2, subnetID } = many(1000);
    const look = (request: object) => codeOf(() => ec2.call("DescribeNetworkInterfaces", request));
    expect(look({})).toBe("OperationNotPermitted");
    expect(look({ Filters: [{ Name: "subnet-id", Values: [subnetID] }] })).toBe("done");
    expect(look({ MaxResults: 1000 })).toBe("done");
  });
});

describe("eventual consistency", () => {
  test("a Describe shows the state of a while ago, created and deleted interfaces too", () => {
    const { ec2, clock, subnetID, interfaceID } = world();
    ec2.setDescribeLag(1000);
    clock.advance(5000);
    const made = ec2.seed.createInterface({ subnetID });
    ec2.seed.assign(interfaceID, [address("10.0.0.40")]);
    const look = () =>
      ec2
        .call("DescribeNetworkInterfaces", {})
        .NetworkInterfaces?.map((one) => [one.NetworkInterfaceId, one.PrivateIpAddresses?.length]);
    expect(look()).toEqual([[interfaceID, 1]]);
    expect(codeOf(() => ec2.call("DescribeNetworkInterfaces", { NetworkInterfaceIds: [made] }))).toBe(
      "InvalidNetworkInterfaceID.NotFound",
    );
    clock.advance(999);
    expect(look()).toEqual([[interfaceID, 1]]);
    clock.advance(1);
    expect(look()).toEqual([
      [interfaceID, 2],
      [made, 1],
    ]);
    ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: made });
    expect(look()).toHaveLength(2);
    expect(ec2.snapshot()).toHaveLength(1);
    clock.advance(1000);
    expect(look()).toEqual([[interfaceID, 2]]);
  });

  test("mutations see the present whatever the lag", () => {
    const { ec2, interfaceID } = world();
    ec2.seed.assign(interfaceID, [address("10.0.0.40")]);
    ec2.setDescribeLag(60_000);
    const unassign = () =>
      codeOf(() =>
        ec2.call("UnassignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.40"],
        }),
      );
    expect(unassign()).toBe("done");
    expect(unassign()).toBe("InvalidParameterValue");
  });

  test("an unassigned address is still shown on its old interface when somebody else has it", () => {
    const { ec2, clock, subnetID, interfaceID } = world();
    ec2.seed.assign(interfaceID, [address("10.0.0.40")]);
    clock.advance(10_000);
    ec2.setDescribeLag(5000);
    ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      PrivateIpAddresses: ["10.0.0.40"],
    });
    const other = ec2.seed.createInterface({ subnetID, secondary: [address("10.0.0.40")] });
    const find = () =>
      ids(
        ec2.call("DescribeNetworkInterfaces", {
          Filters: [{ Name: "addresses.private-ip-address", Values: ["10.0.0.40"] }],
        }),
      );
    expect(find()).toEqual([interfaceID]);
    clock.advance(5000);
    expect(find()).toEqual([other]);
  });
});

describe("throttling", () => {
  test("a bucket empties, refuses with 503 and refills by the clock", () => {
    const { ec2, clock, interfaceID } = world({ throttling: true });
    const assign = () =>
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.9"],
        }),
      );
    const codes = Array.from({ length: 101 }, assign);
    expect(codes.filter((code) => code === "done")).toHaveLength(100);
    expect(codes.at(-1)).toBe("RequestLimitExceeded");
    clock.advance(200);
    expect([assign(), assign()]).toEqual(["done", "RequestLimitExceeded"]);
  });

  test("unfiltered and unpaginated lists draw on a smaller bucket than paged ones", () => {
    const { ec2 } = world({ throttling: true });
    const count = (request: object) =>
      Array.from({ length: 150 }, () => codeOf(() => ec2.call("DescribeNetworkInterfaces", request))).filter(
        (code) => code === "done",
      ).length;
    expect(count({})).toBe(50);
    expect(count({ MaxResults: 1000 })).toBe(100);
  });

  test("each action has its own bucket, and one can be set", () => {
    const { ec2, subnetID } = world({ throttling: { CreateTags: { capacity: 1, refillPerSecond: 1 } } });
    const tag = () =>
      codeOf(() => ec2.call("CreateTags", { Resources: [subnetID], Tags: [{ Key: "k", Value: "v" }] }));
    expect([tag(), tag()]).toEqual(["done", "RequestLimitExceeded"]);
    expect(codeOf(() => ec2.call("DescribeSubnets", {}))).toBe("done");
  });
});

describe("other calls", () => {
  test("a dry run changes nothing", () => {
    const { ec2, subnetID, changes } = world();
    expect(codeOf(() => ec2.call("CreateNetworkInterface", { SubnetId: subnetID, DryRun: true }))).toBe(
      "DryRunOperation",
    );
    expect(changes).toEqual([]);
  });

  test("tags are added, overwritten and removed", () => {
    const { ec2, interfaceID } = world();
    const tags = () =>
      ec2.call("DescribeNetworkInterfaces", { NetworkInterfaceIds: [interfaceID] }).NetworkInterfaces?.[0]
        ?.TagSet;
    ec2.call("CreateTags", { Resources: [interfaceID], Tags: [{ Key: "a", Value: "1" }] });
    ec2.call("CreateTags", {
      Resources: [interfaceID],
      Tags: [
        { Key: "a", Value: "2" },
        { Key: "b", Value: "3" },
      ],
    });
    expect(tags()).toEqual([
      { Key: "a", Value: "2" },
      { Key: "b", Value: "3" },
    ]);
    ec2.call("DeleteTags", { Resources: [interfaceID], Tags: [{ Key: "a" }] });
    expect(tags()).toEqual([{ Key: "b", Value: "3" }]);
  });

  test("requests are counted by action and by caller", () => {
    const { ec2 } = world();
    ec2.call("DescribeSubnets", {}, "AKIDA");
    ec2.call("DescribeSubnets", {}, "AKIDB");
    ec2.call("DescribeInstances", {}, "AKIDB");
    expect(ec2.calls.byAction()).toEqual({ DescribeSubnets: 2, DescribeInstances: 1 });
    expect(ec2.calls.byAction("AKIDA")).toEqual({ DescribeSubnets: 1 });
    expect(ec2.calls.count("DescribeSubnets")).toBe(2);
    expect(ec2.calls.count("DescribeSubnets", "AKIDC")).toBe(0);
  });

  test("what is described is shared and can't be changed by who reads it", async () => {
    const { ec2, clock, interfaceID } = world();
    const { DescribeNetworkInterfacesCommand } = await import("@aws-sdk/client-ec2");
    const client = inProcessClient({ ec2, clock: clock.now });
    const answer = await client.send(new DescribeNetworkInterfacesCommand({}));
    const [first] = answer.NetworkInterfaces ?? [];
    expect(() => first?.PrivateIpAddresses?.push({})).toThrow(TypeError);
    expect(first?.NetworkInterfaceId).toBe(interfaceOf(ec2, interfaceID).id);
  });
});
