import { type Address, parseAddress } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { newVpcIP, type StoredVpcIP, type VpcIP } from "../../domain/objects/vpcip.ts";
import { entombed, withdrawn } from "../../domain/record-transitions.ts";
import type { Place } from "../node/own-record.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";
import { subnetOf } from "../operation/restore.ts";
import { bump } from "../release/bump.ts";
import { holdingPods, shownBy } from "../release/kept-by-pods.ts";
import { namedByClaims } from "../release/named-by-claims.ts";
import { isNeverAlone, isOffLimits } from "../release/off-limits.ts";
import { unassign } from "../release/unassign.ts";
import { balanceOf } from "./warm-pool.ts";

/**
 * Gives back what the pool has too much of, behind the same fences as the sweep (design §4.4): the bump, the intent in a VpcIP,
 * out of the pool by compare-and-swap, then EC2, once, before the lease ends; the VpcIP goes after an answer without doubt.
 *
 * @param interfaces what EC2 has, asked before the lease was taken
 */
export async function shrink(operation: Operation, interfaces: readonly NetworkInterface[]): Promise<void> {
  const places = await chosen(operation, interfaces);
  const [first] = places;
  if (first === undefined) return;
  await bump(operation);
  const intents = await intend(operation, places);
  if (intents.length === 0) return;
  const { interfaceID } = first;
  const addresses = intents.map(({ metadata }) => metadata.name as Address);
  const isOut = await takeOutOfPool(operation, interfaceID, addresses);
  // Somebody took one of them out meanwhile: nothing was asked of EC2, and the pool is right as it is.
  if (!isOut) return dropAll(operation, intents);
  const subnetID = subnetOf(operation, interfaceID);
  const answer = await unassign(operation, { interfaceID, subnetID, addresses });
  await settle(operation, interfaceID, intents, answer);
}

/** The last of what is spare, of one interface, that nobody else keeps. */
async function chosen(
  operation: Operation,
  interfaces: readonly NetworkInterface[],
): Promise<readonly Place[]> {
  const { excess } = balanceOf(operation);
  const free = excess === 0 ? [] : spare(operation, interfaces);
  if (free.length === 0 || !(await mayRelease(operation))) return [];
  const named = await namedByClaims(operation.ports);
  if (named === undefined) return [];
  const shown = shownBy(await holdingPods(operation));
  const loose = free.filter(({ address }) => !named.has(address) && !shown.has(address));
  const item = interfaces.find(({ id }) => id === loose.at(-1)?.interfaceID);
  if (item === undefined || (await isOffLimits(operation.ports, item))) return [];
  if (!(await mayRelease(operation, [subnetOf(operation, item.id)]))) return [];
  const count = Math.min(excess, operation.settings.shrinkBatch);
  return loose.filter((place) => place.interfaceID === item.id).slice(-count);
}

/** What of the pool EC2 has where the pool says, and no VpcIP says anything about. */
function spare(
  { status, records, unreadable, sandboxes }: Operation,
  interfaces: readonly NetworkInterface[],
): readonly Place[] {
  const there = new Map(interfaces.map((item) => [item.id, item]));
  const kept = new Set<string>([
    ...sandboxes.map(({ address }) => address),
    ...(status.cooling ?? []).map(({ address }) => address),
    ...records.keys(),
    ...unreadable,
  ]);
  return (status.pool ?? []).flatMap(({ address: text, interfaceID }): Place[] => {
    const address = parseAddress(text);
    const item = there.get(interfaceID);
    if (address === undefined || item === undefined || kept.has(address)) return [];
    return item.addresses.includes(address) && !isNeverAlone(item, address) ? [{ address, interfaceID }] : [];
  });
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

/** Their VpcIPs keep them from here on: whoever chose one of them before finds that the pool has it no more (H79). */
function takeOutOfPool(
  operation: Operation,
  interfaceID: string,
  addresses: readonly Address[],
): Promise<boolean> {
  const isMeant = among(interfaceID, addresses);
  return operation.writeStatus((status) => {
    const pool = status.pool ?? [];
    if (pool.filter(isMeant).length !== addresses.length) return undefined;
    return { ...status, pool: pool.filter((entry) => !isMeant(entry)) };
  });
}

async function settle(
  operation: Operation,
  interfaceID: string,
  intents: readonly StoredVpcIP[],
  answer: Awaited<ReturnType<typeof unassign>>,
): Promise<void> {
  const { writer } = operation.ports;
  switch (answer.kind) {
    case "done":
    case "gone":
      return dropAll(operation, intents);
    case "held":
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
  const isMeant = among(interfaceID, addresses);
  await operation.writeStatus((status) => {
    const pool = (status.pool ?? []).filter((entry) => !isMeant(entry));
    return { ...status, pool: [...pool, ...addresses.map((address) => ({ address, interfaceID }))] };
  });
  await dropAll(operation, intents);
}

function among(
  interfaceID: string,
  addresses: readonly Address[],
): (entry: { readonly address: string; readonly interfaceID: string }) => boolean {
  return (entry) =>
    entry.interfaceID === interfaceID && addresses.some((one) => one === parseAddress(entry.address));
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
