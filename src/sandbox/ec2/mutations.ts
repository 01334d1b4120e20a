import type { Address, Prefix } from "../../domain/address.ts";
import type { AttachmentRecord, InstanceState, InterfaceRecord } from "./records.ts";
import type { World } from "./world.ts";

/**
 * The single changes of which all actions consist. Each keeps indexes, address space and listeners in step with the
 * records; none checks whether it is allowed.
 */
export function addInterface(world: World, record: InterfaceRecord): void {
  const space = world.space(record.subnetID);
  space.take(record.primary, record.id);
  for (const address of record.secondary) space.take(address, record.id);
  for (const prefix of record.prefixes) space.takePrefix(prefix, record.id);
  world.interfaces.set(record.id, record);
  indexAttachment(world, record);
  if (world.listeners.length === 0) return;
  world.tell({ kind: "interfaceCreated", interfaceID: record.id });
  tellAddresses(world, record, "Assigned");
}

export function removeInterface(world: World, record: InterfaceRecord): void {
  const space = world.space(record.subnetID);
  space.give(record.primary);
  for (const address of record.secondary) space.give(address);
  for (const prefix of record.prefixes) space.givePrefix(prefix);
  world.interfaces.delete(record.id);
  unindexAttachment(world, record);
  if (world.listeners.length === 0) return;
  tellAddresses(world, record, "Unassigned");
  world.tell({ kind: "interfaceDeleted", interfaceID: record.id });
}

export function assign(
  world: World,
  interfaceID: string,
  addresses: readonly Address[],
  prefixes: readonly Prefix[],
): void {
  const record = world.interface(interfaceID);
  const space = world.space(record.subnetID);
  for (const address of addresses) space.take(address, interfaceID);
  for (const prefix of prefixes) space.takePrefix(prefix, interfaceID);
  world.interfaces.set(interfaceID, {
    ...record,
    secondary: [...record.secondary, ...addresses],
    prefixes: [...record.prefixes, ...prefixes],
  });
  for (const address of addresses)
    world.tell({ kind: "addressAssigned", address, interfaceID, primary: false });
  for (const prefix of prefixes) world.tell({ kind: "prefixAssigned", prefix, interfaceID });
}

export function unassign(
  world: World,
  interfaceID: string,
  addresses: readonly Address[],
  prefixes: readonly Prefix[],
): void {
  const record = world.interface(interfaceID);
  const space = world.space(record.subnetID);
  for (const address of addresses) space.give(address);
  for (const prefix of prefixes) space.givePrefix(prefix);
  world.interfaces.set(interfaceID, {
    ...record,
    secondary: record.secondary.filter((address) => !addresses.includes(address)),
    prefixes: record.prefixes.filter((prefix) => !prefixes.includes(prefix)),
  });
  for (const address of addresses)
    world.tell({ kind: "addressUnassigned", address, interfaceID, primary: false });
  for (const prefix of prefixes) world.tell({ kind: "prefixUnassigned", prefix, interfaceID });
}

/** Attaches, passing through `attaching` for the set time. */
export function attach(world: World, interfaceID: string, attachment: AttachmentRecord): void {
  const { attaching } = world.options.timings;
  const status = attaching > 0 ? "attaching" : "in-use";
  const record: InterfaceRecord = {
    ...world.interface(interfaceID),
    status,
    attachment: { ...attachment, status: attaching > 0 ? "attaching" : "attached" },
  };
  world.interfaces.set(interfaceID, record);
  indexAttachment(world, record);
  if (attachment.instanceID !== undefined)
    world.tell({ kind: "interfaceAttached", interfaceID, instanceID: attachment.instanceID });
  if (attaching <= 0) return;
  world.after(attaching, () => {
    const now = world.interfaces.get(interfaceID);
    if (now?.attachment?.id !== attachment.id || now.status !== "attaching") return;
    world.interfaces.set(interfaceID, {
      ...now,
      status: "in-use",
      attachment: { ...now.attachment, status: "attached" },
    });
  });
}

/** Detaches, passing through `detaching` for the set time; it counts as attached until that is over. */
export function detach(world: World, interfaceID: string): void {
  const record = world.interface(interfaceID);
  const { attachment } = record;
  if (attachment === undefined) return;
  if (world.options.timings.detaching > 0)
    world.interfaces.set(interfaceID, {
      ...record,
      status: "detaching",
      attachment: { ...attachment, status: "detaching" },
    });
  world.after(world.options.timings.detaching, () => {
    const now = world.interfaces.get(interfaceID);
    if (now?.attachment?.id === attachment.id) loosen(world, now);
  });
}

/** The interface is without an instance from this moment. */
export function loosen(world: World, record: InterfaceRecord): void {
  const { attachment, ...rest } = record;
  unindexAttachment(world, record);
  world.interfaces.set(record.id, { ...rest, status: "available" });
  if (attachment?.instanceID !== undefined)
    world.tell({
      kind: "interfaceDetached",
      interfaceID: record.id,
      instanceID: attachment.instanceID,
    });
}

export function setInstanceState(world: World, instanceID: string, to: InstanceState): void {
  const record = world.instance(instanceID);
  if (record.state === to) return;
  world.instances.set(instanceID, { ...record, state: to });
  world.tell({ kind: "instanceStateChanged", instanceID, from: record.state, to });
}

function indexAttachment(world: World, { id, attachment }: InterfaceRecord): void {
  if (attachment === undefined) return;
  world.interfaceOfAttachment.set(attachment.id, id);
  if (attachment.instanceID === undefined) return;
  const attached = world.interfacesOfInstance.get(attachment.instanceID) ?? new Set();
  world.interfacesOfInstance.set(attachment.instanceID, attached.add(id));
}

function unindexAttachment(world: World, { id, attachment }: InterfaceRecord): void {
  if (attachment === undefined) return;
  world.interfaceOfAttachment.delete(attachment.id);
  if (attachment.instanceID !== undefined) world.interfacesOfInstance.get(attachment.instanceID)?.delete(id);
}

function tellAddresses(world: World, record: InterfaceRecord, what: "Assigned" | "Unassigned"): void {
  const interfaceID = record.id;
  const kind = `address${what}` as const;
  world.tell({ kind, address: record.primary, interfaceID, primary: true });
  for (const address of record.secondary) world.tell({ kind, address, interfaceID, primary: false });
  for (const prefix of record.prefixes) world.tell({ kind: `prefix${what}`, prefix, interfaceID });
}
