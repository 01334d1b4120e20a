import type { Parsed } from "../../domain/objects/metadata.ts";
import { LABEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { isHeldByBreaker } from "../../domain/plan/freeze.ts";
import { isPutOff } from "../../domain/put-off.ts";
import { wholeRecords } from "../collect/closer-look.ts";
import { serverTime } from "../collect/lists.ts";
import { mayRelease } from "../mode.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { type DueWork, dueWork } from "./due-work.ts";

/** What a look without the lease found: enough to decide whether to stop the world at all. */
export interface Preview {
  readonly config: Parsed<StoredNodeENIConfig> | undefined;
  readonly work: DueWork;
  readonly isNodeMissing: boolean;
}

/**
 * Looks at one node without its lease.
 *
 * @returns undefined where its group may not be swept
 */
export async function look(
  ports: SweepPorts,
  settings: Settings,
  node: string,
  breaker: readonly Trip[],
  isByHand: boolean,
): Promise<Preview | undefined> {
  const { cluster } = ports;
  const found = await cluster.getNodeConfig(node);
  const config = found.found ? found.object : undefined;
  const seenNode = await cluster.getNode(node);
  const label = config?.readable === true ? config.object.metadata.labels?.[LABEL.nodeGroup] : undefined;
  const group = seenNode.found ? (seenNode.object.group ?? label) : label;
  // What a dead node left carries its group in tags: each subject is asked for it under the lease.
  const mayTagsTell = group === undefined && !seenNode.found && settings.mode === "release";
  if (!mayTagsTell && !mayRelease(settings, group)) return undefined;
  const all = wholeRecords(await cluster.listVpcIPsOfNode(node));
  const now = serverTime(ports);
  const isHeld = (record: StoredVpcIP) => {
    const { subnetID } = record.spec;
    const isBroken = subnetID !== undefined && isHeldByBreaker(breaker, { subnetID });
    return isBroken || (!isByHand && isPutOff(record, now));
  };
  const work = dueWork(all.values(), settings, now, isHeld);
  return { config, work, isNodeMissing: !seenNode.found };
}

const allocatorOf = ({ config }: Preview): string | undefined =>
  config?.readable === true ? config.object.status?.allocator : undefined;

/** Whether a daemon of the node can be asked for the lease. */
export const expectsAnswer = (preview: Preview): boolean =>
  allocatorOf(preview) === "ipamd" && !preview.isNodeMissing;

/** The instance that the node's config names. */
export const instanceOf = ({ config }: Preview): string | undefined =>
  config?.readable === true ? config.object.status?.instanceID : undefined;
