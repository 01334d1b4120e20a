import { parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { addressOfRecord, isAt } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import type { Operation } from "../operation/operation.ts";
import type { Runner } from "../operation/runner.ts";
import type { AgentPorts } from "../ports.ts";
import { isPooled } from "../work/choose.ts";
import { dropRecord } from "../work/take-address.ts";
import { assignmentOf } from "./add-static.ts";
import { assign, settleAssigned } from "./assign.ts";
import { addressOfClaim, claimOfRecord } from "./claim.ts";
import { isToMove, mayMove, moveAway } from "./move-away.ts";

/** What this node has begun with static addresses, or has to let go; each record fails alone. */
export async function staticUpkeep(ports: AgentPorts, runner: Runner, picture: Picture): Promise<void> {
  const failures: unknown[] = [];
  for (const record of [...picture.records.values()]) {
    try {
      await one(ports, runner, picture, record);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "static addresses: not everything could be done");
}

async function one(ports: AgentPorts, runner: Runner, picture: Picture, record: StoredVpcIP): Promise<void> {
  if (isHalfAssigned(picture, record)) return finishAssignment(ports, runner, picture, record);
  const isIdle = mayMove(picture, record);
  if (isIdle && isPooledStatic(picture, record)) {
    await under(runner, record, settlePooled);
  } else if (isIdle && (await isToMove(picture, record))) {
    // EC2's time must have been seen lately, too, for anything to be released.
    const [item] = await ports.cloud.interfacesByID([record.spec.interfaceID ?? ""]);
    await under(runner, record, (operation, now) => moveAway(operation, now, item));
  }
}

/** A try that ended between EC2 and the record. To ask EC2 once more says for certain whether the address is here. */
function isHalfAssigned({ machine, sandboxes }: Picture, record: StoredVpcIP): boolean {
  const { claim, interfaceID, release } = record.spec;
  const address = addressOfRecord(record);
  return (
    claim?.uid !== undefined &&
    interfaceID === undefined &&
    release === undefined &&
    isAt(record, machine) &&
    !sandboxes.some((sandbox) => sandbox.address === address)
  );
}

async function finishAssignment(
  ports: AgentPorts,
  runner: Runner,
  { settings }: Picture,
  record: StoredVpcIP,
): Promise<void> {
  const planned = await runner.run(
    async (operation) => {
      const now = operation.records.get(addressOfRecord(record));
      return now === undefined || !isHalfAssigned(operation, now) ? undefined : assignmentOf(operation, now);
    },
    { patienceSeconds: 0 },
  );
  const assignment = planned.kind === "ran" ? planned.value : undefined;
  if (assignment === undefined) return;
  const assigned = await assign(ports, assignment, settings.recoverySeconds);
  await runner.run((operation) => settleAssigned(operation, assignment, assigned), { patienceSeconds: 0 });
}

/**
 * In the pool, and claimed without a sandbox: the claim keeps it where it says so, else the pool does, for a claim that never
 * showed an address has promised none.
 */
async function settlePooled(operation: Operation, record: StoredVpcIP): Promise<void> {
  if (!isPooledStatic(operation, record)) return;
  const claim = await claimOfRecord(operation.ports, record.spec);
  const address = addressOfRecord(record);
  if (claim === undefined || addressOfClaim(claim) !== address) return dropRecord(operation, record);
  await operation.writeStatus((status) => ({
    ...status,
    pool: (status.pool ?? []).filter((entry) => parseAddress(entry.address) !== address),
  }));
}

function isPooledStatic(picture: Picture, record: StoredVpcIP): boolean {
  const { claim, interfaceID, release } = record.spec;
  if (claim?.uid === undefined || interfaceID === undefined || release !== undefined) return false;
  return isPooled(picture, { address: addressOfRecord(record), interfaceID });
}

async function under(
  runner: Runner,
  { metadata }: StoredVpcIP,
  work: (operation: Operation, record: StoredVpcIP) => Promise<void>,
): Promise<void> {
  await runner.run(
    async (operation) => {
      const address = parseAddress(metadata.name);
      const record = address === undefined ? undefined : operation.records.get(address);
      if (record !== undefined && mayMove(operation, record)) await work(operation, record);
    },
    { patienceSeconds: 0 },
  );
}
