import { Ec2Error } from "./errors.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import type { InstanceRecord, InterfaceRecord } from "./records.ts";
import type { World } from "./world.ts";

/** The largest number of addresses that any instance type has on one interface; it bounds a detached one (unverified). */
const MOST_ADDRESSES = 50;

/**
 * Refuses more addresses than the instance's type allows. The code is handled so by aws/amazon-vpc-cni-k8s; the
 * message is recorded as "eni-5af8fa3d: Number of private addresses will exceed limit."
 */
export function requireLimit(world: World, record: InterfaceRecord, additional: number): void {
  const instance = world.instances.get(record.attachment?.instanceID ?? "");
  const limit = instance === undefined ? MOST_ADDRESSES : limitsOf(instance).addressesPerInterface;
  if (slotsUsed(record) + additional > limit) throw addressLimitExceeded(record.id);
}

/** Addresses, the primary included, and prefixes, each of which takes one place. */
export function slotsUsed(record: InterfaceRecord): number {
  return 1 + record.secondary.length + record.prefixes.length;
}

export function limitsOf(instance: InstanceRecord) {
  const limits = INSTANCE_TYPES.get(instance.instanceType);
  if (limits === undefined) throw new Ec2Error("InternalError", `no limits of ${instance.instanceType}`, 500);
  return limits;
}

export function addressLimitExceeded(interfaceID: string): Ec2Error {
  return new Ec2Error(
    "PrivateIpAddressLimitExceeded",
    `${interfaceID}: Number of private addresses will exceed limit.`,
  );
}
