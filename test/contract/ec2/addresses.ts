import {
  AssignPrivateIpAddressesCommand,
  type AssignPrivateIpAddressesCommandInput,
  DescribeSubnetsCommand,
  UnassignPrivateIpAddressesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect } from "@jest/globals";
import type { Sentence } from "../sentences.ts";
import { codeOf, type Subject } from "./subject.ts";

/** EC2 API Reference, AssignPrivateIpAddresses and UnassignPrivateIpAddresses. */
export function describeAddresses(subject: Subject, sentence: Sentence): void {
  const assign = (id: string, more: Omit<AssignPrivateIpAddressesCommandInput, "NetworkInterfaceId">) =>
    subject.client.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: id, ...more }));
  const unassign = (id: string, ...addresses: string[]) =>
    subject.client.send(
      new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId: id, PrivateIpAddresses: addresses }),
    );
  const primaryOf = async (id: string) => (await subject.interfaceOf(id)).PrivateIpAddress!;
  const freeIn = async (subnetID: string) => {
    const { Subnets } = await subject.client.send(new DescribeSubnetsCommand({ SubnetIds: [subnetID] }));
    return Subnets![0]!.AvailableIpAddressCount!;
  };

  describe("addresses", () => {
    sentence("a named address is assigned, and seen on its interface", async () => {
      const id = await subject.createInterface();
      const address = subject.freshAddress();
      await assign(id, { PrivateIpAddresses: [address] });
      expect(await subject.secondariesOf(id)).toEqual([address]);
    });

    sentence("the answer names the addresses that were picked", async () => {
      const id = await subject.createInterface();
      const { AssignedPrivateIpAddresses: told } = await assign(id, { SecondaryPrivateIpAddressCount: 2 });
      const seen = await subject.secondariesOf(id);
      expect(seen).toHaveLength(2);
      expect(told?.map(({ PrivateIpAddress }) => PrivateIpAddress).sort()).toEqual([...seen].sort());
    });

    sentence("an address that another interface has is refused, and stays there", async () => {
      const address = subject.freshAddress();
      const [owner, other] = [await subject.createInterface(), await subject.createInterface()];
      await assign(owner, { PrivateIpAddresses: [address] });
      expect(await codeOf(assign(other, { PrivateIpAddresses: [address] }))).toBe("InvalidParameterValue");
      expect(await subject.secondariesOf(owner)).toEqual([address]);
      expect(await subject.secondariesOf(other)).toEqual([]);
    });

    sentence("AllowReassignment takes an address from the interface that had it", async () => {
      const address = subject.freshAddress();
      const [owner, other] = [await subject.createInterface(), await subject.createInterface()];
      await assign(owner, { PrivateIpAddresses: [address] });
      await assign(other, { PrivateIpAddresses: [address], AllowReassignment: true });
      expect([await subject.secondariesOf(owner), await subject.secondariesOf(other)]).toEqual([
        [],
        [address],
      ]);
    });

    sentence("an address of another subnet is refused", async () => {
      const id = await subject.createInterface();
      expect(await codeOf(assign(id, { PrivateIpAddresses: ["10.0.200.9"] }))).toBe("InvalidParameterValue");
      expect(await subject.secondariesOf(id)).toEqual([]);
    });

    sentence("the addresses that AWS keeps in each subnet are refused", async () => {
      const id = await subject.createInterface();
      for (const kept of ["10.0.0.0", "10.0.0.3", "10.0.15.255"])
        expect(await codeOf(assign(id, { PrivateIpAddresses: [kept] }))).toBe("InvalidParameterValue");
    });

    sentence("an unassigned address is gone from its interface, and another may have it", async () => {
      const [first, second] = [subject.freshAddress(), subject.freshAddress()];
      const [id, other] = [await subject.createInterface(), await subject.createInterface()];
      await assign(id, { PrivateIpAddresses: [first, second] });
      await unassign(id, first);
      expect(await subject.secondariesOf(id)).toEqual([second]);
      await assign(other, { PrivateIpAddresses: [first] });
      expect(await subject.secondariesOf(other)).toEqual([first]);
    });

    sentence("an unassign that names one address too many is refused whole", async () => {
      const [own, stray] = [subject.freshAddress(), subject.freshAddress()];
      const id = await subject.createInterface();
      await assign(id, { PrivateIpAddresses: [own] });
      expect(await codeOf(unassign(id, own, stray))).toBe("InvalidParameterValue");
      expect(await subject.secondariesOf(id)).toEqual([own]);
    });

    sentence("a primary address can't be unassigned", async () => {
      const id = await subject.createInterface();
      const primary = await primaryOf(id);
      expect(await codeOf(unassign(id, primary))).toBe("InvalidParameterValue");
      expect(await primaryOf(id)).toBe(primary);
    });

    sentence("calls on an interface that is not there say so", async () => {
      const gone = "eni-0000000000000dead";
      const code = "InvalidNetworkInterfaceID.NotFound";
      expect(await codeOf(unassign(gone, "10.0.0.9"))).toBe(code);
      expect(await codeOf(assign(gone, { SecondaryPrivateIpAddressCount: 1 }))).toBe(code);
    });

    sentence("addresses together with a count of them are refused", async () => {
      const id = await subject.createInterface();
      const both = { PrivateIpAddresses: [subject.freshAddress()], SecondaryPrivateIpAddressCount: 1 };
      expect(await codeOf(assign(id, both))).toBe("InvalidParameterCombination");
      expect(await subject.secondariesOf(id)).toEqual([]);
    });

    sentence("an interface of an instance has no more addresses than its type allows", async () => {
      const { interfaceID } = await subject.peer.runInstance();
      expect(await codeOf(assign(interfaceID, { SecondaryPrivateIpAddressCount: 10 }))).toBe(
        "PrivateIpAddressLimitExceeded",
      );
      await assign(interfaceID, { SecondaryPrivateIpAddressCount: 9 });
      expect(await subject.secondariesOf(interfaceID)).toHaveLength(9);
    });

    sentence("a subnet tells how many addresses it has left", async () => {
      const { subnetID } = subject.peer;
      const before = await freeIn(subnetID);
      const id = await subject.createInterface();
      await assign(id, { SecondaryPrivateIpAddressCount: 2 });
      expect(await freeIn(subnetID)).toBe(before - 3);
      await unassign(id, (await subject.secondariesOf(id))[0]!);
      expect(await freeIn(subnetID)).toBe(before - 2);
    });

    sentence("a subnet that runs dry gives nothing, rather than a part", async () => {
      const { smallSubnetID } = subject.peer;
      const id = await subject.createInterface({ SubnetId: smallSubnetID });
      const before = await freeIn(smallSubnetID);
      expect(await codeOf(assign(id, { SecondaryPrivateIpAddressCount: before + 1 }))).toBe(
        "InsufficientFreeAddressesInSubnet",
      );
      expect(await freeIn(smallSubnetID)).toBe(before);
    });
  });

  describe("prefixes", () => {
    const prefixesOf = async (id: string) =>
      (await subject.interfaceOf(id)).Ipv4Prefixes?.map(({ Ipv4Prefix }) => Ipv4Prefix) ?? [];

    sentence(
      "a prefix is assigned and seen on its interface, its members are no addresses of it",
      async () => {
        const id = await subject.createInterface();
        const prefix = subject.freshPrefix();
        await assign(id, { Ipv4Prefixes: [prefix] });
        expect(await prefixesOf(id)).toEqual([prefix]);
        expect(await subject.secondariesOf(id)).toEqual([]);
      },
    );

    sentence("a prefix is unassigned whole", async () => {
      const id = await subject.createInterface();
      const prefix = subject.freshPrefix();
      await assign(id, { Ipv4Prefixes: [prefix] });
      expect(await prefixesOf(id)).toEqual([prefix]);
      const input = { NetworkInterfaceId: id, Ipv4Prefixes: [prefix] };
      await subject.client.send(new UnassignPrivateIpAddressesCommand(input));
      expect(await prefixesOf(id)).toEqual([]);
    });

    sentence("a member of another interface's prefix is refused", async () => {
      const [owner, other] = [await subject.createInterface(), await subject.createInterface()];
      const prefix = subject.freshPrefix();
      await assign(owner, { Ipv4Prefixes: [prefix] });
      const member = prefix.replace("/28", "");
      expect(await codeOf(assign(other, { PrivateIpAddresses: [member] }))).toBe("InvalidParameterValue");
    });
  });
}
