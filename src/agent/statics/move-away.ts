import type { Address } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { bound, intended, withdrawn } from "../../domain/record-transitions.ts";
import type { ReleaseAnswer } from "../../ports/cloud.ts";
import { usableInterfaces } from "../node/interfaces.ts";
import { addressOfRecord, isAt } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";
import { addressOfClaim, claimOfRecord } from "./claim.ts";

const RUN_PREFIX = "move/";

/**
 * Whether a static address of this node is to go: its claim names another node, and no own sandbox has it. The other node waits
 * until the record names no interface: never two leases at once (design §6).
 */
export async function isToMove(picture: Picture, record: StoredVpcIP): Promise<boolean> {
  if (!mayMove(picture, record)) return false;
  const claim = await claimOfRecord(picture.ports, record.spec);
  const { nodeName } = claim?.status ?? {};
  return (
    claim !== undefined &&
    addressOfClaim(claim) === addressOfRecord(record) &&
    nodeName !== undefined &&
    nodeName !== picture.machine.nodeName
  );
}

/** By what is known here alone. */
export function mayMove({ machine, sandboxes }: Picture, record: StoredVpcIP): boolean {
  const { claim, interfaceID, release } = record.spec;
  const address = addressOfRecord(record);
  return (
    claim?.uid !== undefined &&
    interfaceID !== undefined &&
    isAt(record, machine) &&
    (release === undefined || release.run.startsWith(RUN_PREFIX)) &&
    !sandboxes.some((sandbox) => sandbox.address === address)
  );
}

/** The old side of a move, behind the fences of every release (design §4.4): bump, intent, EC2 once, then the record. */
export async function moveAway(operation: Operation, record: StoredVpcIP): Promise<void> {
  const { interfaceID } = record.spec;
  if (interfaceID === undefined || !(await isToMove(operation, record)) || !(await mayRelease(operation)))
    return;
  const address = addressOfRecord(record);
  await bumpWithout(operation, address, interfaceID);
  // An earlier try's request may still come: what it names stays bound to the interface.
  const isLate = record.spec.release !== undefined || (record.spec.tombstones ?? []).length > 0;
  const run = `${RUN_PREFIX}${operation.machine.nodeName}/${operation.ports.identities.unique()}`;
  const time = new Date(operation.now).toISOString();
  const until = tombstoneEnd(operation);
  const intent = await operation.replaceRecord(intended(record, run, interfaceID, time, until));
  if (operation.sandboxes.some((sandbox) => sandbox.address === address)) {
    await operation.replaceRecord(withdrawn(intent));
    return;
  }
  await operation.mayGoOn();
  const { notAfter } = operation.lease;
  const request = { interfaceID, addresses: [address], prefixes: [], notAfter };
  const answer = await operation.ports.releaser.unassign(request);
  await settle(operation, intent, interfaceID, answer, isLate);
}

async function settle(
  operation: Operation,
  intent: StoredVpcIP,
  interfaceID: string,
  answer: ReleaseAnswer,
  isLate: boolean,
): Promise<void> {
  const until = tombstoneEnd(operation);
  const doubted = isLate ? bound(intent, interfaceID, until) : intent;
  switch (answer.kind) {
    case "done":
    case "gone":
      await operation.replaceRecord(nowhere(doubted));
      return;
    case "unclear":
      // The intent stays: the next pass asks again, and knows by it that a request may be late.
      await operation.replaceRecord(bound(intent, interfaceID, until));
      return;
    case "refused": {
      const seen = await usableInterfaces(operation.ports);
      const isThere = seen.some(
        ({ id, addresses }) => id === interfaceID && addresses.includes(addressOfRecord(intent)),
      );
      await operation.replaceRecord(isThere ? withdrawn(doubted) : nowhere(doubted));
      return;
    }
    case "throttled":
    case "forbidden":
    case "not-sent":
      await operation.replaceRecord(withdrawn(doubted));
  }
}

const tombstoneEnd = ({ now, settings }: Operation): string =>
  new Date(now + settings.tombstoneSeconds * 1000).toISOString();

/** On no interface: whoever names himself in it next may have it. */
function nowhere(record: StoredVpcIP): StoredVpcIP {
  const { release: _release, interfaceID: _interface, instanceID: _instance, ...spec } = record.spec;
  return { ...record, spec };
}

async function bumpWithout(operation: Operation, address: Address, interfaceID: string): Promise<void> {
  const stays = (entry: { readonly address: string; readonly interfaceID: string }): boolean =>
    entry.address !== address || entry.interfaceID !== interfaceID;
  await operation.writeStatus((status) => ({
    ...status,
    sweepEpoch: (status.sweepEpoch ?? 0) + 1,
    pool: (status.pool ?? []).filter(stays),
    cooling: (status.cooling ?? []).filter(stays),
  }));
}
