import { Ec2Error } from "./errors.ts";
import { loosen, removeInterface, setInstanceState } from "./mutations.ts";
import type { InstanceState } from "./records.ts";
import type { World } from "./world.ts";

/**
 * EC2 User Guide, "Amazon EC2 instance state changes". A stopped instance keeps its interfaces with all their addresses
 * ("Stop and start Amazon EC2 instances"); a terminated one loses them: those with DeleteOnTermination are deleted, the
 * others become available ("Terminate Amazon EC2 instances", "Elastic network interfaces").
 */
export function terminateInstance(world: World, instanceID: string): void {
  const { state } = world.instance(instanceID);
  if (state === "terminated" || state === "shutting-down") return;
  setInstanceState(world, instanceID, "shutting-down");
  world.after(world.options.timings.shuttingDown, () => {
    for (const id of [...(world.interfacesOfInstance.get(instanceID) ?? [])]) {
      const record = world.interface(id);
      if (record.attachment?.deleteOnTermination) removeInterface(world, record);
      else loosen(world, record);
    }
    setInstanceState(world, instanceID, "terminated");
    world.after(world.options.timings.terminatedVisible, () => {
      world.instances.delete(instanceID);
      world.interfacesOfInstance.delete(instanceID);
    });
  });
}

/** IncorrectInstanceState is on the error codes page; stopping a stopped instance is no error (StopInstances). */
export function stopInstance(world: World, instanceID: string): void {
  const { state } = world.instance(instanceID);
  if (state === "stopped" || state === "stopping") return;
  if (state !== "running" && state !== "pending") throw incorrectState(instanceID, state);
  setInstanceState(world, instanceID, "stopping");
  world.after(world.options.timings.stopping, () => moveOn(world, instanceID, "stopping", "stopped"));
}

export function startInstance(world: World, instanceID: string): void {
  const { state } = world.instance(instanceID);
  if (state === "running" || state === "pending") return;
  if (state !== "stopped") throw incorrectState(instanceID, state);
  setInstanceState(world, instanceID, "pending");
  world.after(world.options.timings.pending, () => moveOn(world, instanceID, "pending", "running"));
}

/** Unless something else happened to the instance meanwhile. */
function moveOn(world: World, instanceID: string, from: InstanceState, to: InstanceState): void {
  if (world.instances.get(instanceID)?.state === from) setInstanceState(world, instanceID, to);
}

function incorrectState(instanceID: string, state: InstanceState): Ec2Error {
  return new Ec2Error(
    "IncorrectInstanceState",
    `The instance '${instanceID}' is not in a state from which this is possible: ${state}`,
  );
}
