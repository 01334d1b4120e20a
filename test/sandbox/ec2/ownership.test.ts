import { expect, test } from "@jest/globals";
import { type Address, parsePrefix, prefixMembers } from "../../../src/domain/address.ts";
import {
  type ActionName,
  type Change,
  type Ec2,
  Ec2Error,
  type Input,
} from "../../../src/sandbox/ec2/index.ts";
import fc, { runs } from "../../property.ts";
import { world } from "./world.ts";

/** A request that may or may not make sense: its parts are chosen by number from what there is. */
const step = fc.record({
  action: fc.constantFrom(
    ...([
      "CreateNetworkInterface",
      "DeleteNetworkInterface",
      "AttachNetworkInterface",
      "DetachNetworkInterface",
      "AssignPrivateIpAddresses",
      "AssignPrivateIpAddresses",
      "UnassignPrivateIpAddresses",
      "UnassignPrivateIpAddresses",
      "TerminateInstances",
    ] as const),
  ),
  which: fc.nat(20),
  count: fc.integer({ min: 0, max: 3 }),
  prefixes: fc.boolean(),
  byName: fc.boolean(),
  host: fc.nat(255),
  allowReassignment: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test("whatever is asked, an address has one owner, nothing is lost, and the told changes are the truth", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { ec2, subnetID, clock } = world({ timings: { shuttingDown: 500, detaching: 300 } });
      ec2.seed.runInstance({ subnetID, instanceType: "t3.medium" });
      const told = truth(ec2);
      ec2.onChange((change) => replay(told, change));
      for (const one of steps) {
        clock.advance(200);
        const before = ec2.snapshot();
        try {
          ec2.call<ActionName>(one.action, request(ec2, subnetID, one));
        } catch (error) {
          if (!(error instanceof Ec2Error)) throw error;
          expect(ec2.snapshot()).toEqual(before);
        }
        const now = truth(ec2);
        expect(now).toEqual(told);
        expect(ec2.free(subnetID).addresses).toBe(256 - 5 - now.size);
      }
    }),
    runs(200),
  );
});

/** Address -> owner; fails where an address has two. */
function truth(ec2: Ec2): Map<Address, string> {
  const owners = new Map<Address, string>();
  for (const { id, primary, secondary, prefixes } of ec2.snapshot()) {
    for (const address of [primary, ...secondary, ...prefixes.flatMap(prefixMembers)]) {
      if (owners.has(address)) throw new Error(`${address} is on ${owners.get(address)} and on ${id}`);
      owners.set(address, id);
    }
  }
  return owners;
}

function replay(told: Map<Address, string>, change: Change): void {
  if (change.kind === "addressAssigned") told.set(change.address, change.interfaceID);
  if (change.kind === "addressUnassigned") told.delete(change.address);
  if (change.kind === "prefixAssigned")
    for (const member of prefixMembers(change.prefix)) told.set(member, change.interfaceID);
  if (change.kind === "prefixUnassigned")
    for (const member of prefixMembers(change.prefix)) told.delete(member);
}

function request(ec2: Ec2, subnetID: string, one: Step): Input<ActionName> {
  const all = ec2.snapshot();
  const chosen = all[one.which % Math.max(1, all.length)];
  const NetworkInterfaceId = chosen?.id;
  const instances = [...new Set(all.flatMap(({ instanceID }) => instanceID ?? []))];
  const InstanceId = instances[one.which % Math.max(1, instances.length)] ?? "i-0gone";
  const named = `10.0.0.${one.host}`;
  const prefix = parsePrefix(`10.0.0.${one.host - (one.host % 16)}/28`) ?? "";
  const attachment = ec2.call("DescribeNetworkInterfaces", {}).NetworkInterfaces?.[
    one.which % Math.max(1, all.length)
  ]?.Attachment?.AttachmentId;
  switch (one.action) {
    case "CreateNetworkInterface":
      return one.byName
        ? {
            SubnetId: subnetID,
            PrivateIpAddress: named,
            SecondaryPrivateIpAddressCount: one.count || undefined,
          }
        : { SubnetId: subnetID, Ipv4PrefixCount: one.count || undefined };
    case "AttachNetworkInterface":
      return { NetworkInterfaceId, InstanceId, DeviceIndex: one.count };
    case "DetachNetworkInterface":
      return { AttachmentId: attachment ?? "eni-attach-0" };
    case "AssignPrivateIpAddresses":
      if (one.prefixes)
        return {
          NetworkInterfaceId,
          ...(one.byName ? { Ipv4Prefixes: [prefix] } : { Ipv4PrefixCount: one.count }),
        };
      return {
        NetworkInterfaceId,
        AllowReassignment: one.allowReassignment,
        ...(one.byName ? { PrivateIpAddresses: [named] } : { SecondaryPrivateIpAddressCount: one.count }),
      };
    case "UnassignPrivateIpAddresses":
      return one.prefixes
        ? { NetworkInterfaceId, Ipv4Prefixes: [...(chosen?.prefixes ?? [])].slice(0, one.count) }
        : {
            NetworkInterfaceId,
            PrivateIpAddresses: [
              ...(chosen?.secondary ?? []).slice(0, one.count),
              ...(one.byName ? [named] : []),
            ],
          };
    case "TerminateInstances":
      return { InstanceIds: [InstanceId] };
    case "DeleteNetworkInterface":
      return { NetworkInterfaceId };
  }
}
