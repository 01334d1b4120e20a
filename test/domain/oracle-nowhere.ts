import { type Address, prefixMembers } from "../../src/domain/address.ts";
import type { Evidence, NetworkInterface, PodView } from "../../src/domain/evidence.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import {
  hasNewerSandbox,
  isServedElsewhere,
  keptByClaim,
  NOT_FOUND_SECONDS,
  same,
  shownBy,
} from "./oracle.ts";

const has = ({ primary, addresses, prefixes }: NetworkInterface, address: Address): boolean =>
  primary === address || addresses.includes(address) || prefixes.flatMap(prefixMembers).includes(address);

/** A claim's record that names no instance: on no interface, or lent to one. Whether the node that it names has the address. */
export function keptNowhere(evidence: Evidence, name: Address, { spec }: StoredVpcIP): string | undefined {
  const { claim, nodeName } = spec;
  const managed = evidence.nodes.get(nodeName);
  const status = managed?.config.readable === true ? managed.config.object.status : undefined;
  const view = managed?.node === "missing" ? undefined : managed?.node;
  const instanceID = status?.instanceID ?? view?.instanceID;
  const state = evidence.instances.get(instanceID ?? "");
  const pooled = [...(status?.pool ?? []), ...(status?.cooling ?? [])].filter((one) =>
    same(one.address, name),
  );
  const isUsed = status?.inUse?.some(({ address }) => same(address, name)) === true;
  const isReady = pooled.some(({ interfaceID }) =>
    evidence.interfaces.some(
      (item) => item.id === interfaceID && item.attachment?.instanceID === instanceID && has(item, name),
    ),
  );
  const isDead = state === "terminated" || state === "not-found";
  if ((pooled.length > 0 || isUsed) && (!isReady || isUsed) && !isDead) return "its node holds it";
  if (isReady && !isDead && managed?.report?.valid !== true) return "no report that holds";
  if (claim === undefined) return undefined;
  const isRunning = status?.inUse?.some(({ containerID }) => containerID === claim.containerID) === true;
  if (isRunning && managed?.report?.valid === true) return "its sandbox lives";
  if (state === "not-found") {
    const age = (evidence.now - Date.parse(spec.leak?.firstObservedAt ?? "")) / 1000;
    const isSecondLook = spec.leak?.cause === "instance-gone" && age >= NOT_FOUND_SECONDS;
    if (!isSecondLook) return "not found for the first time";
  }
  // Nothing of EC2's goes with it: without a report the Pod's own status must do.
  const isReplaced = (pod: PodView) => {
    const known = managed?.report?.valid === true ? (status ?? {}) : { inUse: shownBy(pod) };
    return (
      managed !== undefined && hasNewerSandbox(evidence, { name: nodeName, status: known }, name, claim, pod)
    );
  };
  const isServed = (pod: PodView) =>
    (spec.interfaceID === undefined || claim.uid !== undefined) &&
    pooled.length === 0 &&
    !isUsed &&
    isServedElsewhere(evidence, { name: nodeName }, name, claim, pod);
  return keptByClaim(evidence, name, claim, (pod) => isReplaced(pod) || isServed(pod));
}
