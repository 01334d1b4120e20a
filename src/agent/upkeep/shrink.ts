import { type Address, parseAddress } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { newVpcIP, type StoredVpcIP, type VpcIP } from "../../domain/objects/vpcip.ts";
import { entombed, withdrawn } from "../../domain/record-transitions.ts";
import type { ReleaseAnswer } from "../../ports/cloud.ts";
import type { Place } from "../node/own-record.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";
import { subnetOf } from "../operation/restore.ts";
import { balanceOf } from "./warm-pool.ts";

/**
 * Gives back what the pool has too much of, behind the same fences as the sweep (design §4.4): the intent in a VpcIP, out of the
 * pool by compare-and-swap, then EC2, once, before the lease ends; the VpcIP goes after an answer without doubt.
 *
 * @param interfaces what EC2 has, asked before the lease was taken
 */
export async function shrink(operation: Operation, interfaces: readonly NetworkInterface[]): Promise<void> {
  const { excess } = balanceOf(operation);
  if (excess === 0 || !(await mayRelease(operation))) return;
  const places = spare(operation, interfaces, Math.min(excess, operation.settings.shrinkBatch));
  const [first] = places;
  if (first === undefined) return;
  const intents = await intend(operation, places);
  if (intents.length === 0) return;
  const addresses = intents.map(({ metadata }) => metadata.name as Address);
  const isOut = await takeOutOfPool(operation, first.interfaceID, addresses);
  // Somebody took one of them out meanwhile: nothing was asked of EC2, and the pool is right as it is.
  if (!isOut) return dropAll(operation, intents);
  // Asked for last: a freeze or a lost lease stops the request, and nothing else has happened.
  if (!(await mayRelease(operation))) return putBack(operation, first.interfaceID, addresses, intents);
  await operation.mayGoOn();
  const { notAfter } = operation.lease;
  const answer = await operation.ports.releaser.unassign({
    interfaceID: first.interfaceID,
    addresses,
    prefixes: [],
    notAfter,
  });
  await settle(operation, first.interfaceID, intents, answer);
}

/** The last of the pool, of one interface, that no VpcIP says anything about. */
function spare(
  { status, records, unreadable, sandboxes }: Operation,
  interfaces: readonly NetworkInterface[],
  count: number,
): readonly Place[] {
  const there = new Map(interfaces.map(({ id, addresses }) => [id, new Set(addresses)]));
  const live = new Set(sandboxes.map(({ address }) => address));
  const free = (status.pool ?? []).flatMap(({ address: text, interfaceID }): Place[] => {
    const address = parseAddress(text);
    if (address === undefined || live.has(address) || there.get(interfaceID)?.has(address) !== true)
      return [];
    return records.has(address) || unreadable.has(address) ? [] : [{ address, interfaceID }];
  });
  const interfaceID = free.at(-1)?.interfaceID;
  return free.filter((place) => place.interfaceID === interfaceID).slice(-count);
}

async function intend(operation: Operation, places: readonly Place[]): Promise<readonly StoredVpcIP[]> {
  const run = `shrink/${operation.machine.nodeName}/${operation.ports.identities.unique()}`;
  const intents: StoredVpcIP[] = [];
  for (const place of places) {
    await operation.mayGoOn();
    const answer = await operation.ports.writer.createVpcIP(intentOf(operation, place, run));
    if (answer.outcome !== "created") continue;
    operation.saved(answer.object);
    intents.push(answer.object);
  }
  return intents;
}

/** With a mark, so that a run of the reclaimer finishes what is left of it when this one ends here. */
function intentOf(operation: Operation, { address, interfaceID }: Place, run: string): VpcIP {
  const { nodeName, instanceID } = operation.machine;
  const time = new Date(operation.now).toISOString();
  const subnetID = subnetOf(operation, interfaceID);
  return newVpcIP(address, {
    nodeName,
    instanceID,
    interfaceID,
    ...(subnetID === undefined ? {} : { subnetID }),
    leak: { cause: "never-recorded", scope: "Address", firstObservedAt: time },
    release: { run, interfaceID, time },
  });
}

/** With the bump (design §4.4b): whatever was based on the config that had them fails. */
function takeOutOfPool(
  operation: Operation,
  interfaceID: string,
  addresses: readonly Address[],
): Promise<boolean> {
  const isMeant = (entry: { readonly address: string; readonly interfaceID: string }): boolean =>
    entry.interfaceID === interfaceID && addresses.some((one) => one === parseAddress(entry.address));
  return operation.writeStatus((status) => {
    const pool = status.pool ?? [];
    if (pool.filter(isMeant).length !== addresses.length) return undefined;
    const sweepEpoch = (status.sweepEpoch ?? 0) + 1;
    return { ...status, sweepEpoch, pool: pool.filter((entry) => !isMeant(entry)) };
  });
}

async function settle(
  operation: Operation,
  interfaceID: string,
  intents: readonly StoredVpcIP[],
  answer: ReleaseAnswer,
): Promise<void> {
  const { writer } = operation.ports;
  switch (answer.kind) {
    case "done":
    case "gone":
      return dropAll(operation, intents);
    case "throttled":
    case "forbidden":
    case "not-sent": {
      const addresses = intents.map(({ metadata }) => metadata.name as Address);
      return putBack(operation, interfaceID, addresses, intents);
    }
    case "refused":
      // One of them is not on the interface, and nobody knows which: the marks stand, and the reclaimer looks.
      for (const record of intents) await replace(operation, withdrawn(record));
      return;
    case "unclear": {
      const until = new Date(operation.now + operation.settings.tombstoneSeconds * 1000).toISOString();
      for (const record of intents) {
        const answered = await writer.replaceVpcIP(entombed(record, interfaceID, until));
        if (answered.outcome === "replaced") operation.saved(answered.object);
      }
    }
  }
}

/** EC2 was not asked, or did nothing and said so: the pool keeps them again, then the intents go. */
async function putBack(
  operation: Operation,
  interfaceID: string,
  addresses: readonly Address[],
  intents: readonly StoredVpcIP[],
): Promise<void> {
  await operation.writeStatus((status) => {
    const pool = (status.pool ?? []).filter(
      (entry) => entry.interfaceID !== interfaceID || !addresses.some((one) => one === entry.address),
    );
    return { ...status, pool: [...pool, ...addresses.map((address) => ({ address, interfaceID }))] };
  });
  await dropAll(operation, intents);
}

/** Exactly what was written: where somebody has changed it, it is theirs to end. */
async function dropAll(operation: Operation, intents: readonly StoredVpcIP[]): Promise<void> {
  for (const record of intents) {
    await operation.mayGoOn();
    await operation.ports.writer.deleteVpcIP(record);
    operation.gone(record.metadata.name as Address);
  }
}

async function replace(operation: Operation, record: StoredVpcIP): Promise<void> {
  const answer = await operation.ports.writer.replaceVpcIP(record);
  if (answer.outcome === "replaced") operation.saved(answer.object);
}
