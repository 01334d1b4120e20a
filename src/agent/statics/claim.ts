import { type Address, parseAddress } from "../../domain/address.ts";
import { retention } from "../../domain/expiry.ts";
import type { ClaimReference, StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { Interrupted } from "../operation/interrupted.ts";
import type { Operation } from "../operation/operation.ts";
import type { AgentPorts } from "../ports.ts";

/** The condition of a claim whose address somebody else has. */
const STOLEN = "Stolen";

/** The static claim of a Pod's name; undefined where it has none. One that can't be read may be one: nothing is handed out. */
export async function staticClaim(
  { cluster }: Pick<AgentPorts, "cluster">,
  namespace: string,
  name: string,
): Promise<StoredVpcIPClaim | undefined> {
  const found = await cluster.getClaim(namespace, name);
  if (!found.found) return undefined;
  if (!found.object.readable)
    throw new ClusterError("unreadable", `VpcIPClaim ${namespace}/${name}: ${found.object.why}`);
  return found.object.object.spec.static === true ? found.object.object : undefined;
}

/** The claim that a record of a static address names, if it is that one still. */
export async function claimOfRecord(
  ports: Pick<AgentPorts, "cluster">,
  { claim }: StoredVpcIP["spec"],
): Promise<StoredVpcIPClaim | undefined> {
  if (claim?.uid === undefined) return undefined;
  const found = await staticClaim(ports, claim.namespace, claim.name);
  return found?.metadata.uid === claim.uid ? found : undefined;
}

export const addressOfClaim = ({ status }: StoredVpcIPClaim): Address | undefined =>
  parseAddress(status?.address ?? "");

/**
 * Whether a Pod has a right to the address that its claim names. Where it was another Pod's, and the policy retains it for nobody
 * (its Pod is gone, or its time was over), that is a hint and no promise: it may rightly be anybody's by now.
 *
 * @param now API-server time, milliseconds since the epoch
 */
export const isPromised = (claim: StoredVpcIPClaim, podUID: string, now: number): boolean =>
  claim.status?.podUID === podUID || retention(claim, now).retained;

/** The claim says who has its address, and where; it was never gone. */
export async function showHolder(
  operation: Operation,
  claim: StoredVpcIPClaim,
  address: Address,
  podUID: ClaimReference["podUID"],
): Promise<void> {
  const { detachedAt: _detachedAt, conditions = [], ...before } = claim.status ?? {};
  const { nodeName } = operation.machine;
  const status = {
    ...before,
    address,
    nodeName,
    podUID,
    conditions: conditions.filter(({ type }) => type !== STOLEN),
  };
  await write(operation, { ...claim, status });
}

/** The first step of a move: whoever has the address is asked to let it go. */
export async function askFor(operation: Operation, claim: StoredVpcIPClaim): Promise<void> {
  const { nodeName } = operation.machine;
  if (claim.status?.nodeName !== nodeName)
    await write(operation, { ...claim, status: { ...claim.status, nodeName } });
}

/** The address is somebody else's: for people, and nothing is taken from anybody (H60). */
export async function showStolen(
  operation: Operation,
  claim: StoredVpcIPClaim,
  message: string,
): Promise<void> {
  const lastTransitionTime = new Date(operation.now).toISOString();
  const stolen = {
    type: STOLEN,
    status: "True",
    reason: "InUseElsewhere",
    message,
    lastTransitionTime,
  } as const;
  const others = (claim.status?.conditions ?? []).filter(({ type }) => type !== STOLEN);
  await write(operation, { ...claim, status: { ...claim.status, conditions: [...others, stolen] } });
}

async function write(operation: Operation, claim: StoredVpcIPClaim): Promise<void> {
  await operation.mayGoOn();
  const answer = await operation.ports.writer.replaceClaimStatus(claim);
  if (answer.outcome !== "replaced")
    throw new Interrupted(`VpcIPClaim ${claim.metadata.namespace}/${claim.metadata.name} has changed`);
}
