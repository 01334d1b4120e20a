import type { ClaimReference } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { claimed, claimOfSandbox, isAdoptable, isAt, newClaimed } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import type { LiveSandbox } from "../ports.ts";
import { addressOfClaim, isPromised, showHolder } from "../statics/claim.ts";
import { isLaid } from "../statics/laid.ts";
import type { Operation } from "./operation.ts";

/**
 * Writes the VpcIPs of own sandboxes that are not there (design §4.7, H61): etcd may have been restored, or somebody deleted
 * them. Nothing is handed out before they are. A static claim of an older etcd may be older than the VpcIP that names it.
 */
export async function restoreRecords(operation: Operation): Promise<void> {
  for (const sandbox of operation.sandboxes) {
    const record = operation.records.get(sandbox.address);
    if (operation.unreadable.has(sandbox.address)) continue;
    if (record === undefined) await restore(operation, sandbox);
    else if (isOfAnother(operation, sandbox)) await renameHolder(operation, sandbox);
    else if (operation.lease.isMemoryDoubtful && record.spec.claim?.uid !== undefined)
      await claimOf(operation, sandbox, record.spec.claim.uid);
  }
}

async function restore(operation: Operation, sandbox: LiveSandbox): Promise<void> {
  const { writer, cluster } = operation.ports;
  await operation.mayGoOn();
  const claim = await claimOf(operation, sandbox);
  const subnetID = subnetOf(operation, sandbox.interfaceID);
  const answer = await writer.createVpcIP(newClaimed(sandbox, operation.machine, claim, subnetID));
  if (answer.outcome === "created") return operation.saved(answer.object);
  const found = await cluster.getVpcIP(sandbox.address);
  if (!found.found || !found.object.readable) return;
  const { object } = found.object;
  // An intent is its run's, or the next one's, which decides afresh and puts the claim back.
  if (!isAdoptable(object, sandbox.interfaceID)) return;
  const replaced = await writer.replaceVpcIP(claimed(object, sandbox, operation.machine, claim, subnetID));
  if (replaced.outcome === "replaced") operation.saved(replaced.object);
}

/** Here, in the name of a sandbox that is no more, or of nobody, while another one has the address. */
function isOfAnother(operation: Operation, sandbox: LiveSandbox): boolean {
  const record = operation.records.get(sandbox.address);
  if (record === undefined || record.spec.release !== undefined) return false;
  const { claim } = record.spec;
  const isHere = isAt(record, operation.machine);
  return isHere && claim?.containerID !== sandbox.containerID;
}

async function renameHolder(operation: Operation, sandbox: LiveSandbox): Promise<void> {
  const record = operation.records.get(sandbox.address);
  if (record === undefined) return;
  await operation.mayGoOn();
  const claim = await claimOf(operation, sandbox);
  const { leak: _leak, ...spec } = record.spec;
  const next = { ...record, spec: { ...spec, interfaceID: sandbox.interfaceID, claim } };
  const answer = await operation.ports.writer.replaceVpcIP(next);
  if (answer.outcome === "replaced") operation.saved(answer.object);
}

/**
 * With the UID of the static claim, where the Pod has one: else the address would go with its Pod. The claim comes first: whoever
 * is killed between the two finds the VpcIP missing again.
 *
 * @param uid of the claim that the VpcIP names, where it is there: one that was made again under its name has promised nothing (H74)
 */
async function claimOf(operation: Operation, sandbox: LiveSandbox, uid?: string): Promise<ClaimReference> {
  const claim = claimOfSandbox(sandbox);
  const found = await operation.ports.cluster.getClaim(claim.namespace, claim.name);
  if (!found.found || !found.object.readable || found.object.object.spec.static !== true) return claim;
  if (uid !== undefined && uid !== found.object.object.metadata.uid) return claim;
  await showAgain(operation, sandbox, found.object.object);
  return { ...claim, uid: found.object.object.metadata.uid };
}

/**
 * The claim goes back with etcd, too. Where it names another address, or none, the sandbox's own would be retained for nobody
 * once its Pod ends. A claim that another Pod has taken up since stays that one's.
 */
async function showAgain(operation: Operation, sandbox: LiveSandbox, claim: StoredVpcIPClaim): Promise<void> {
  const { address, podUID } = sandbox;
  if (addressOfClaim(claim) === address && claim.status?.podUID === podUID) return;
  if (!(await isOfAnotherPod(operation, sandbox, claim))) await showHolder(operation, claim, address, podUID);
}

/**
 * Another Pod has it that is there; or had it, its address still lies for the claim, and the sandbox's own Pod is gone from the
 * API: such a sandbox waits for its kubelet to end it, and must not take a retained address away (H61).
 */
async function isOfAnotherPod(
  { ports, now }: Operation,
  { address, podUID, podNamespace, podName }: LiveSandbox,
  claim: StoredVpcIPClaim,
): Promise<boolean> {
  const named = claim.status?.podUID;
  if (named === undefined || named === podUID) return false;
  const pod = await ports.cluster.getPod(podNamespace, podName);
  if (pod.found && pod.object.uid === podUID) return false;
  if (pod.found && pod.object.uid === named && !pod.object.finished) return true;
  return addressOfClaim(claim) !== address && isPromised(claim, podUID, now) && (await isLaid(ports, claim));
}

export function subnetOf({ status }: Picture, interfaceID: string): string | undefined {
  return status.interfaces?.find(({ id }) => id === interfaceID)?.subnetID;
}
