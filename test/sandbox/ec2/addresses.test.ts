import { describe, expect, test } from "@jest/globals";
import { address, codeOf, interfaceOf, world } from "./world.ts";

describe("assigning addresses", () => {
  test("assigns as many addresses as asked for, none of which anyone had", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    const answer = ec2.call("AssignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      SecondaryPrivateIpAddressCount: 3,
    });
    expect(answer.AssignedPrivateIpAddresses).toHaveLength(3);
    expect(interfaceOf(ec2, interfaceID).secondary).toHaveLength(3);
    expect(ec2.free(subnetID).addresses).toBe(256 - 5 - 1 - 3);
    expect(changes.map(({ kind }) => kind)).toEqual(Array(3).fill("addressAssigned"));
  });

  test("never hands out the five addresses that AWS keeps", () => {
    const { ec2, subnetID } = world({}, "10.0.0.0/28");
    const id = ec2.seed.createInterface({ subnetID, secondary: 9 });
    const { primary, secondary } = interfaceOf(ec2, id);
    const given = [primary, ...secondary];
    for (const kept of ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.15"])
      expect(given).not.toContain(kept);
    expect(ec2.free(subnetID).addresses).toBe(0);
  });

  test("refuses an address that AWS keeps or that is of another subnet", () => {
    const { ec2, interfaceID } = world();
    const assign = (text: string) =>
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", { NetworkInterfaceId: interfaceID, PrivateIpAddresses: [text] }),
      );
    expect(assign("10.0.0.3")).toBe("InvalidParameterValue");
    expect(assign("10.0.1.9")).toBe("InvalidParameterValue");
    expect(assign("not an address")).toBe("InvalidParameterValue");
  });

  test("assigns all or none when the subnet runs dry", () => {
    const { ec2, subnetID, interfaceID } = world({}, "10.0.0.0/28");
    ec2.seed.createInterface({ subnetID, secondary: 6 });
    const before = ec2.free(subnetID).addresses;
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          SecondaryPrivateIpAddressCount: before + 1,
        }),
      ),
    ).toBe("InsufficientFreeAddressesInSubnet");
    expect(ec2.free(subnetID).addresses).toBe(before);
  });

  test("refuses more addresses than the instance type allows, the primary counted", () => {
    const { ec2, interfaceID } = world();
    const assign = (count: number) =>
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          SecondaryPrivateIpAddressCount: count,
        }),
      );
    expect(assign(10)).toBe("PrivateIpAddressLimitExceeded");
    expect(assign(9)).toBe("done");
    expect(assign(1)).toBe("PrivateIpAddressLimitExceeded");
  });

  test("one address has one owner: a second interface is refused it", () => {
    const { ec2, subnetID, interfaceID } = world();
    const other = ec2.seed.createInterface({ subnetID, secondary: [address("10.0.0.77")] });
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.77"],
        }),
      ),
    ).toBe("InvalidParameterValue");
    expect(ec2.ownerOf(subnetID, address("10.0.0.77"))).toBe(other);
  });

  test("AllowReassignment moves a secondary address, and only a secondary one", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    const other = ec2.seed.createInterface({
      subnetID,
      primary: address("10.0.0.76"),
      secondary: [address("10.0.0.77")],
    });
    changes.length = 0;
    const move = (text: string) =>
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: [text],
          AllowReassignment: true,
        }),
      );
    expect(move("10.0.0.76")).toBe("InvalidParameterValue");
    expect(move("10.0.0.77")).toBe("done");
    expect(interfaceOf(ec2, other).secondary).toEqual([]);
    expect(changes).toMatchObject([
      { kind: "addressUnassigned", address: "10.0.0.77", interfaceID: other },
      { kind: "addressAssigned", address: "10.0.0.77", interfaceID },
    ]);
  });

  test("refuses addresses together with a count of them", () => {
    const { ec2, interfaceID } = world();
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.9"],
          SecondaryPrivateIpAddressCount: 1,
        }),
      ),
    ).toBe("InvalidParameterCombination");
  });
});

describe("unassigning addresses", () => {
  test("gives an address back, and it can be had by another interface at once", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    ec2.seed.assign(interfaceID, [address("10.0.0.50")]);
    changes.length = 0;
    ec2.call(
      "UnassignPrivateIpAddresses",
      { NetworkInterfaceId: interfaceID, PrivateIpAddresses: ["10.0.0.50"] },
      "AKIDRECLAIMER",
    );
    expect(changes).toMatchObject([
      { kind: "addressUnassigned", address: "10.0.0.50", interfaceID, primary: false, by: "AKIDRECLAIMER" },
    ]);
    const other = ec2.seed.createInterface({ subnetID, secondary: [address("10.0.0.50")] });
    expect(ec2.ownerOf(subnetID, address("10.0.0.50"))).toBe(other);
  });

  test("keeps all of them when one is not assigned to this interface", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    ec2.seed.assign(interfaceID, [address("10.0.0.50"), address("10.0.0.51")]);
    const other = ec2.seed.createInterface({ subnetID, secondary: [address("10.0.0.60")] });
    changes.length = 0;
    for (const stray of ["10.0.0.99", "10.0.0.60"]) {
      expect(
        codeOf(() =>
          ec2.call("UnassignPrivateIpAddresses", {
            NetworkInterfaceId: interfaceID,
            PrivateIpAddresses: ["10.0.0.50", stray],
          }),
        ),
      ).toBe("InvalidParameterValue");
    }
    expect(interfaceOf(ec2, interfaceID).secondary).toEqual(["10.0.0.50", "10.0.0.51"]);
    expect(interfaceOf(ec2, other).secondary).toEqual(["10.0.0.60"]);
    expect(changes).toEqual([]);
  });

  test("keeps a primary address", () => {
    const { ec2, interfaceID } = world();
    const { primary } = interfaceOf(ec2, interfaceID);
    expect(
      codeOf(() =>
        ec2.call("UnassignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: [primary],
        }),
      ),
    ).toBe("InvalidParameterValue");
    expect(interfaceOf(ec2, interfaceID).primary).toBe(primary);
  });

  test("keeps addresses of requester-managed interfaces and of those attached in another account", () => {
    const { ec2, subnetID } = world();
    const nat = ec2.seed.createInterface({
      subnetID,
      interfaceType: "nat_gateway",
      requesterManaged: true,
      secondary: [address("10.0.0.80")],
      attachment: {},
    });
    const controlPlane = ec2.seed.createInterface({
      subnetID,
      requesterManaged: false,
      secondary: [address("10.0.0.81")],
      attachment: { id: "eni-attach-0123", instanceOwnerID: "305882430652", deleteOnTermination: true },
    });
    for (const [id, text] of [
      [nat, "10.0.0.80"],
      [controlPlane, "10.0.0.81"],
    ] as const) {
      expect(
        codeOf(() =>
          ec2.call("UnassignPrivateIpAddresses", { NetworkInterfaceId: id, PrivateIpAddresses: [text] }),
        ),
      ).toBe("AuthFailure");
    }
  });

  test("names an interface that is not there or not one", () => {
    const { ec2 } = world();
    const unassign = (id: string) =>
      codeOf(() =>
        ec2.call("UnassignPrivateIpAddresses", { NetworkInterfaceId: id, PrivateIpAddresses: ["10.0.0.9"] }),
      );
    expect(unassign("eni-0ffffffffffffffff")).toBe("InvalidNetworkInterfaceID.NotFound");
    expect(unassign("foobar")).toBe("InvalidNetworkInterfaceID.Malformed");
  });
});

describe("prefixes", () => {
  test("a prefix takes one place on the interface and sixteen addresses of the subnet", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    const before = ec2.free(subnetID).addresses;
    const answer = ec2.call("AssignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      Ipv4PrefixCount: 9,
    });
    expect(answer.AssignedIpv4Prefixes).toHaveLength(9);
    expect(ec2.free(subnetID).addresses).toBe(before - 9 * 16);
    expect(changes.map(({ kind }) => kind)).toEqual(Array(9).fill("prefixAssigned"));
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", { NetworkInterfaceId: interfaceID, Ipv4PrefixCount: 1 }),
      ),
    ).toBe("PrivateIpAddressLimitExceeded");
  });

  test("a fragmented subnet has free addresses and no free prefix", () => {
    const { ec2, subnetID, interfaceID } = world({}, "10.0.0.0/26");
    ec2.seed.createInterface({
      subnetID,
      primary: address("10.0.0.20"),
      secondary: ["10.0.0.33", "10.0.0.50"].map(address),
    });
    expect(ec2.free(subnetID)).toMatchObject({ prefixes: 0 });
    expect(ec2.free(subnetID).addresses).toBeGreaterThan(48);
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", { NetworkInterfaceId: interfaceID, Ipv4PrefixCount: 1 }),
      ),
    ).toBe("InsufficientCidrBlocks");
  });

  test("a prefix is unassigned whole; its members are not addresses of the interface", () => {
    const { ec2, subnetID, interfaceID, changes } = world();
    ec2.call("AssignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      Ipv4Prefixes: ["10.0.0.208/28"],
    });
    expect(
      codeOf(() =>
        ec2.call("UnassignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.210"],
        }),
      ),
    ).toBe("InvalidParameterValue");
    changes.length = 0;
    ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      Ipv4Prefixes: ["10.0.0.208/28"],
    });
    expect(changes).toMatchObject([{ kind: "prefixUnassigned", prefix: "10.0.0.208/28", interfaceID }]);
    expect(ec2.ownerOf(subnetID, address("10.0.0.210"))).toBeUndefined();
  });

  test("a member of a prefix doesn't move, not even with AllowReassignment", () => {
    const { ec2, subnetID, interfaceID } = world();
    const other = ec2.seed.createInterface({ subnetID });
    ec2.call("AssignPrivateIpAddresses", { NetworkInterfaceId: other, Ipv4Prefixes: ["10.0.0.208/28"] });
    expect(
      codeOf(() =>
        ec2.call("AssignPrivateIpAddresses", {
          NetworkInterfaceId: interfaceID,
          PrivateIpAddresses: ["10.0.0.210"],
          AllowReassignment: true,
        }),
      ),
    ).toBe("InvalidParameterValue");
  });

  test("a reserved range is handed out only to those who name its addresses", () => {
    const { ec2, subnetID } = world({}, "10.0.0.0/27");
    ec2.seed.reserve(subnetID, "10.0.0.16/28", "explicit");
    const picked = ec2.seed.createInterface({ subnetID, secondary: 5 });
    expect(interfaceOf(ec2, picked).secondary.every((one) => Number(one.split(".")[3]) < 16)).toBe(true);
    expect(
      codeOf(() =>
        ec2.call("CreateNetworkInterface", { SubnetId: subnetID, SecondaryPrivateIpAddressCount: 9 }),
      ),
    ).toBe("InsufficientFreeAddressesInSubnet");
    const named = ec2.call("CreateNetworkInterface", { SubnetId: subnetID, PrivateIpAddress: "10.0.0.20" });
    expect(named.NetworkInterface?.PrivateIpAddress).toBe("10.0.0.20");
  });
});
