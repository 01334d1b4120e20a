import type { Evidence } from "../../domain/evidence.ts";
import { isPutOff } from "../../domain/put-off.ts";
import { standingTombstones } from "../../domain/record-transitions.ts";
import { groupOf, mayRelease } from "../mode.ts";
import { inParallel } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { serverTime } from "./lists.ts";

const LANES = 8;

/** The nodes of records whose tombstones are over, as the list of labels tells which carry any. Few records carry any, so each is looked at whole. */
export async function nodesBoundTooLong(
  ports: CollectPorts,
  settings: Settings,
  evidence: Evidence,
): Promise<readonly string[]> {
  const { cluster } = ports;
  const bound = [...(evidence.vpcIPs ?? [])].flatMap(([name, record]) =>
    record.known === "labels" && record.labels.bound === true ? [name] : [],
  );
  const looks = await inParallel(bound, LANES, async (name) => {
    const found = await cluster.getVpcIP(name);
    if (!found.found || !found.object.readable) return undefined;
    const now = serverTime(ports);
    const { tombstones = [], nodeName } = found.object.object.spec;
    const isOver = tombstones.length > 0 && standingTombstones(tombstones, now).length === 0;
    return isOver && !isPutOff(found.object.object, now) ? nodeName : undefined;
  });
  // One that could not be read is looked at by the next daily run again: it binds nothing any more.
  const nodes = looks.flatMap((look) => (look.ok && look.value !== undefined ? [look.value] : []));
  return nodes.filter((node) => mayRelease(settings, groupOf(evidence, node, undefined)));
}
