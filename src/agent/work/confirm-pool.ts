import { parseAddress } from "../../domain/address.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import { readConfig } from "../node/view.ts";
import { Interrupted } from "../operation/interrupted.ts";
import type { Operation } from "../operation/operation.ts";

type Entry = { readonly address: string; readonly interfaceID: string };

/**
 * The look after the VpcIP was created (design §4.4a, H79). Nobody but the allocator adds to a pool: a config with entries
 * that it doesn't know of is an older one, from an etcd that was restored (H61), and the lease is taken afresh.
 */
export async function readPoolAgain(operation: Operation): Promise<void> {
  const before = operation.config;
  const config = await readConfig(operation.ports);
  if (!isFollower(config, before)) {
    operation.lease.drop();
    operation.forget();
    throw new Interrupted("the NodeENIConfig is not what it was: everything is read again");
  }
  operation.sawConfig(config);
}

function isFollower(config: StoredNodeENIConfig, before: StoredNodeENIConfig): boolean {
  const known = new Set(entriesOf(before).map(keyOf));
  return (
    config.metadata.uid === before.metadata.uid &&
    config.status?.instanceID === before.status?.instanceID &&
    (config.status?.sweepEpoch ?? 0) >= (before.status?.sweepEpoch ?? 0) &&
    entriesOf(config).every((entry) => known.has(keyOf(entry)))
  );
}

/** Where etcd's memory is in doubt (H61), nothing is handed out before the status was held against EC2. */
export async function trustPool(operation: Operation): Promise<void> {
  if (operation.lease.isMemoryDoubtful || operation.isSecondLookDue) await operation.writeStatus();
}

const entriesOf = ({ status }: StoredNodeENIConfig): readonly Entry[] => [
  ...(status?.pool ?? []),
  ...(status?.cooling ?? []),
];
const keyOf = ({ address, interfaceID }: Entry): string => `${parseAddress(address)} ${interfaceID}`;
