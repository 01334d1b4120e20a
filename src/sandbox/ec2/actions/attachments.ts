import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  DetachNetworkInterfaceRequest,
} from "@aws-sdk/client-ec2";
import { Ec2Error, invalidCombination, invalidValue, notFound, required } from "../errors.ts";
import { addressLimitExceeded, limitsOf, slotsUsed } from "../limits.ts";
import { attach, detach } from "../mutations.ts";
import type { World } from "../world.ts";
import { inUse } from "./interfaces.ts";

/** EC2 API Reference, AttachNetworkInterface. The attachment starts with DeleteOnTermination false. */
export function attachNetworkInterface(
  world: World,
  input: AttachNetworkInterfaceRequest,
): AttachNetworkInterfaceResult {
  const record = world.interface(required(input.NetworkInterfaceId, "networkInterfaceId"));
  const instance = world.instance(required(input.InstanceId, "instanceId"));
  const deviceIndex = required(input.DeviceIndex, "deviceIndex");
  // "api error InvalidParameterValue: Network interface 'eni-…' is currently in use." is recorded for this action.
  if (record.status !== "available") throw inUse(record.id);
  if (instance.state !== "running" && instance.state !== "stopped") {
    // EC2 User Guide: hot and warm attach need a running or stopped instance. The code is listed, for this action unverified.
    throw new Ec2Error("IncorrectState", `Instance '${instance.id}' is not 'running' or 'stopped'.`);
  }
  if (record.zone !== instance.zone || record.vpcID !== instance.vpcID) {
    throw invalidCombination(
      "You may not attach a network interface to an instance if they are not in the same availability zone",
    );
  }
  const attached = [...(world.interfacesOfInstance.get(instance.id) ?? [])].map((id) => world.interface(id));
  if (attached.some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    // Recorded by several tools that take it for "already attached".
    throw invalidValue(
      `Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`,
    );
  }
  const limits = limitsOf(instance);
  if (attached.length >= limits.interfaces) {
    // Error codes page: AttachmentLimitExceeded. The message is that of Eucalyptus' EC2 emulation.
    throw new Ec2Error(
      "AttachmentLimitExceeded",
      `Interface count ${attached.length + 1} exceeds the limit for ${instance.instanceType}`,
    );
  }
  // That a too full interface is refused at attach with this code is unverified.
  if (slotsUsed(record) > limits.addressesPerInterface) throw addressLimitExceeded(record.id);
  const id = world.newID("eni-attach");
  const networkCardIndex = input.NetworkCardIndex ?? 0;
  attach(world, record.id, {
    id,
    instanceID: instance.id,
    instanceOwnerID: world.options.accountID,
    deviceIndex,
    networkCardIndex,
    status: "attached",
    attachTime: world.now(),
    deleteOnTermination: false,
  });
  return { AttachmentId: id, NetworkCardIndex: networkCardIndex };
}

/** EC2 API Reference, DetachNetworkInterface. Force is accepted and changes nothing here. */
export function detachNetworkInterface(world: World, input: DetachNetworkInterfaceRequest): void {
  const attachmentID = required(input.AttachmentId, "attachmentId");
  if (attachmentID.startsWith("ela-attach-")) {
    // Recorded with this code and message in awslabs and hashicorp/terraform-provider-aws sources.
    throw new Ec2Error("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
  }
  const interfaceID = world.interfaceOfAttachment.get(attachmentID);
  if (interfaceID === undefined) throw notFound("attachment", [attachmentID]);
  const { attachment } = world.interface(interfaceID);
  if (attachment?.instanceID === undefined) {
    // Recorded for an interface that a service attached to an instance of its own account.
    throw new Ec2Error("AuthFailure", "You do not have permission to access the specified resource.");
  }
  if (attachment.deviceIndex === 0) {
    throw new Ec2Error(
      "OperationNotPermitted",
      "The network interface at device index 0 cannot be detached.",
    );
  }
  if (attachment.status === "detaching") return;
  detach(world, interfaceID);
}
