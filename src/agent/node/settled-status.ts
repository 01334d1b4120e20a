import { type Address, parseAddress } from "../../domain/address.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { AgentKind } from "../lease/node-lease.ts";
import type { LiveSandbox } from "../ports.ts";
import { isAt, isBoundTo, type Machine } from "./own-record.ts";

/** What every status that an allocator writes follows from. */
export interface Known {
  readonly kind: AgentKind;
  readonly machine: Machine & { readonly bootID: string };
  readonly sandboxes: readonly LiveSandbox[];
  readonly records: ReadonlyMap<Address, StoredVpcIP>;
  /** API-server time, milliseconds since the epoch. */
  readonly now: number;
  /** When what begins to cool down now has done so, the same. */
  readonly cooledAt: number;
}

type Pooled = NonNullable<NodeENIConfigStatus["pool"]>[number];
type Cooling = NonNullable<NodeENIConfigStatus["cooling"]>[number];

/**
 * The status with everything in its place, each new keeper before the old one goes (design §4.1):
 *
 * - An address leaves the pool only for a live sandbox that the same write names in `inUse`, or into cooling.
 * - One that `inUse` named, and that no sandbox has any more, cools down, if its VpcIP is still that sandbox's. What no status
 *   ever named was never surely handed out: it stays with its VpcIP, for the reclaimer.
 * - What has cooled down goes into the pool, unless its VpcIP is still there or binds it.
 */
export function settled(status: NodeENIConfigStatus, known: Known): NodeENIConfigStatus {
  const { machine, sandboxes, records, now } = known;
  const interfaces = new Set((status.interfaces ?? []).map(({ id }) => id));
  const live = new Set(sandboxes.map(({ address }) => address));
  const until = new Date(known.cooledAt).toISOString();
  const pool = new Map<string, Pooled>();
  const cooling = new Map<string, Cooling>();
  for (const entry of status.cooling ?? []) {
    const address = parseAddress(entry.address);
    if (address === undefined || live.has(address)) continue;
    const isOver = Date.parse(entry.until) <= now;
    const record = records.get(address);
    // A static claim does not end with its sandbox: from the pool upkeep settles whose it is; in cooling nobody ever would (H51).
    const mayReturn =
      record === undefined || !(isClaimedByPod(record) || isBoundTo(record, entry.interfaceID));
    if (isOver && mayReturn) pool.set(keyOf(entry), placeOf(entry));
    else cooling.set(keyOf(entry), entry);
  }
  for (const entry of status.pool ?? []) {
    const address = parseAddress(entry.address);
    if (address === undefined || live.has(address) || cooling.has(keyOf(entry))) continue;
    const record = records.get(address);
    if (record !== undefined && isEnding(record, machine, entry.interfaceID))
      cooling.set(keyOf(entry), { ...placeOf(entry), until });
    else pool.set(keyOf(entry), placeOf(entry));
  }
  for (const { address: text, interfaceID, containerID } of status.inUse ?? []) {
    const address = parseAddress(text);
    if (address === undefined || interfaceID === undefined || live.has(address)) continue;
    if (!interfaces.has(interfaceID)) continue;
    const record = records.get(address);
    if (record === undefined || !isEnding(record, machine, interfaceID)) continue;
    if (record.spec.claim?.containerID !== containerID) continue;
    const entry = { address, interfaceID };
    if (!pool.has(keyOf(entry)) && !cooling.has(keyOf(entry))) cooling.set(keyOf(entry), { ...entry, until });
  }
  return {
    ...status,
    allocator: known.kind,
    bootID: machine.bootID,
    pool: [...pool.values()],
    cooling: [...cooling.values()],
    refills: status.refills ?? [],
    inUse: sandboxes.map(({ address, interfaceID, containerID, podUID }) => ({
      address,
      interfaceID,
      containerID,
      podUID,
    })),
  };
}

/** The status of a new instance: of another one's nothing counts here; its addresses are the reclaimer's to find (H11). */
export function freshStatus(
  { sweepEpoch, conditions }: NodeENIConfigStatus,
  { instanceID }: Machine,
  interfaces: NodeENIConfigStatus["interfaces"],
): NodeENIConfigStatus {
  return {
    instanceID,
    interfaces,
    refills: [],
    pool: [],
    cooling: [],
    sweepEpoch: sweepEpoch ?? 0,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

const isClaimedByPod = ({ spec }: StoredVpcIP): boolean =>
  spec.claim !== undefined && (spec.claim.uid === undefined || spec.release !== undefined);

/** A claim of this node that ends with its sandbox: not a static one, and not one that a run is releasing. */
function isEnding(record: StoredVpcIP, machine: Machine, interfaceID: string): boolean {
  const { claim, release } = record.spec;
  return (
    claim !== undefined &&
    claim.uid === undefined &&
    release === undefined &&
    isAt(record, machine, interfaceID)
  );
}

const keyOf = ({ address, interfaceID }: Pooled): string => `${parseAddress(address)} ${interfaceID}`;
const placeOf = ({ address, interfaceID }: Pooled): Pooled => ({ address, interfaceID });
