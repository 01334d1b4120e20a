import {
  DescribeNetworkInterfacesCommand,
  type DescribeNetworkInterfacesCommandInput,
  type Filter,
} from "@aws-sdk/client-ec2";
import { describe, expect } from "@jest/globals";
import type { Sentence } from "../sentences.ts";
import { codeOf, type Subject } from "./subject.ts";

/** EC2 API Reference, DescribeNetworkInterfaces. */
export function describeLists(subject: Subject, sentence: Sentence): void {
  const page = (input: DescribeNetworkInterfacesCommandInput) =>
    subject.client.send(new DescribeNetworkInterfacesCommand(input));
  const find = async (...filters: [string, ...string[]][]) => {
    const Filters: Filter[] = filters.map(([Name, ...Values]) => ({ Name, Values }));
    const { NetworkInterfaces = [] } = await page({ Filters });
    return NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId!);
  };
  const tagged = (...tags: [string, string][]) => ({
    TagSpecifications: [
      {
        ResourceType: "network-interface" as const,
        Tags: tags.map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  });

  describe("lists of interfaces", () => {
    sentence("filters find by VPC, subnet, instance and status", async () => {
      const { instanceID, interfaceID } = await subject.peer.runInstance();
      const loose = await subject.createInterface();
      const inVPC = await find(["vpc-id", subject.peer.vpcID]);
      expect(inVPC).toEqual(expect.arrayContaining([interfaceID, loose]));
      expect(await find(["vpc-id", "vpc-0000000000000dead"])).toEqual([]);
      expect(await find(["subnet-id", subject.peer.subnetID])).toContain(loose);
      expect(await find(["attachment.instance-id", instanceID])).toEqual([interfaceID]);
      const available = await find(["status", "available"]);
      expect(available).toContain(loose);
      expect(available).not.toContain(interfaceID);
    });

    sentence("filters find by tag and by tag key", async () => {
      const value = subject.freshName();
      const id = await subject.createInterface(tagged([`of-${value}`, value]));
      const other = await subject.createInterface(tagged([`of-${value}`, "other"]));
      expect(await find([`tag:of-${value}`, value])).toEqual([id]);
      expect((await find(["tag-key", `of-${value}`])).sort()).toEqual([id, other].sort());
    });

    sentence("filters find by the addresses.private-ip-address of a secondary one", async () => {
      const address = subject.freshAddress();
      const id = await subject.createInterface({
        PrivateIpAddresses: [
          { PrivateIpAddress: subject.freshAddress(), Primary: true },
          { PrivateIpAddress: address, Primary: false },
        ],
      });
      expect(await find(["addresses.private-ip-address", address])).toEqual([id]);
    });

    sentence("a filter's values are joined by OR, filters by AND", async () => {
      const value = subject.freshName();
      const first = await subject.createInterface(tagged(["or", value]));
      const second = await subject.createInterface(tagged(["or", `${value}-b`]));
      expect((await find(["tag:or", value, `${value}-b`])).sort()).toEqual([first, second].sort());
      expect(await find(["tag:or", value], ["status", "available"])).toEqual([first]);
      expect(await find(["tag:or", value], ["status", "in-use"])).toEqual([]);
    });

    sentence("a filter's value may have wildcards", async () => {
      const value = subject.freshName();
      const id = await subject.createInterface({ Description: `aws-K8S-${value}-x` });
      expect(await find(["description", `aws-K8S-${value}*`])).toEqual([id]);
      expect(await find(["description", `aws-K?S-${value}-x`])).toEqual([id]);
    });

    sentence("an unknown filter is refused", async () => {
      expect(await codeOf(find(["instance-id", "i-0123456789abcdef0"]))).toBe("InvalidParameterValue");
    });

    sentence("one unknown ID among others fails the whole call", async () => {
      const id = await subject.createInterface();
      expect(await codeOf(page({ NetworkInterfaceIds: [id, "eni-0000000000000dead"] }))).toBe(
        "InvalidNetworkInterfaceID.NotFound",
      );
    });

    sentence("an ID of another form is malformed", async () => {
      expect(await codeOf(page({ NetworkInterfaceIds: ["foobar"] }))).toBe(
        "InvalidNetworkInterfaceID.Malformed",
      );
    });

    sentence("a list comes in pages of at most MaxResults, all of them once", async () => {
      const value = subject.freshName();
      const made: string[] = [];
      for (let count = 0; count < 12; count++)
        made.push(await subject.createInterface(tagged(["page", value])));
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const answer = await page({
          Filters: [{ Name: "tag:page", Values: [value] }],
          MaxResults: 5,
          ...(NextToken !== undefined && { NextToken }),
        });
        const { NetworkInterfaces = [] } = answer;
        expect(NetworkInterfaces.length).toBeLessThanOrEqual(5);
        seen.push(...NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId!));
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      expect(seen.sort()).toEqual(made.sort());
    });

    sentence("MaxResults under 5 or over 1000, or beside IDs, is refused", async () => {
      const id = await subject.createInterface();
      for (const MaxResults of [4, 1001])
        expect(await codeOf(page({ MaxResults }))).toBe("InvalidParameterValue");
      expect(await codeOf(page({ MaxResults: 5, NetworkInterfaceIds: [id] }))).toBe(
        "InvalidParameterCombination",
      );
    });
  });
}
