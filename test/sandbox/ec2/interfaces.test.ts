import { describe, expect, test } from "@jest/globals";
import { address, codeOf, interfaceOf, world } from "./world.ts";

describe("creating and deleting interfaces", () => {
  test("creates an interface with its tags and addresses, available, and tells each of them", () => {
    const { ec2, subnetID, changes } = world();
    const { NetworkInterface: made } = ec2.call("CreateNetworkInterface", {
      SubnetId: subnetID,
      Description: "made for a node",
      SecondaryPrivateIpAddressCount: 2,
      TagSpecifications: [{ ResourceType: "network-interface", Tags: [{ Key: "cluster", Value: "c1" }] }],
    });
    expect(made).toMatchObject({
      Status: "available",
      RequesterManaged: false,
      InterfaceType: "interface",
      Description: "made for a node",
      TagSet: [{ Key: "cluster", Value: "c1" }],
    });
    expect(made?.PrivateIpAddresses?.map(({ Primary }) => Primary)).toEqual([true, false, false]);
    expect(made?.Attachment).toBeUndefined();
    expect(changes.map(({ kind }) => kind)).toEqual([
      "interfaceCreated",
      "addressAssigned",
      "addressAssigned",
      "addressAssigned",
    ]);
  });

  test("the same client token makes one interface; with another request it is refused", () => {
    const { ec2, subnetID } = world();
    const request = { SubnetId: subnetID, ClientToken: "once" };
    const first = ec2.call("CreateNetworkInterface", request);
    const second = ec2.call("CreateNetworkInterface", request);
    expect(second.NetworkInterface?.NetworkInterfaceId).toBe(first.NetworkInterface?.NetworkInterfaceId);
    expect(codeOf(() => ec2.call("CreateNetworkInterface", { ...request, Description: "other" }))).toBe(
      "IdempotentParameterMismatch",
    );
  });

  test("refuses an address that is taken, and an unknown subnet", () => {
    const { ec2, subnetID } = world();
    ec2.seed.createInterface({ subnetID, primary: address("10.0.0.70") });
    const create = (request: object) => codeOf(() => ec2.call("CreateNetworkInterface", request as never));
    expect(create({ SubnetId: subnetID, PrivateIpAddress: "10.0.0.70" })).toBe("InvalidIPAddress.InUse");
    expect(create({ SubnetId: "subnet-0eeee" })).toBe("InvalidSubnetID.NotFound");
  });

  test("deletes a detached interface and frees its addresses", () => {
    const { ec2, subnetID, changes } = world();
    const before = ec2.free(subnetID).addresses;
    const id = ec2.seed.createInterface({ subnetID, secondary: 2 });
    changes.length = 0;
    ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: id });
    expect(ec2.free(subnetID).addresses).toBe(before);
    expect(changes.map(({ kind }) => kind)).toEqual([
      ...Array(3).fill("addressUnassigned"),
      "interfaceDeleted",
    ]);
  });

  test("keeps an attached interface, and one that a service manages", () => {
    const { ec2, subnetID, interfaceID } = world();
    const managed = ec2.seed.createInterface({ subnetID, interfaceType: "lambda", requesterManaged: true });
    const remove = (id: string) =>
      codeOf(() => ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: id }));
    expect(remove(interfaceID)).toBe("InvalidParameterValue");
    expect(remove(managed)).toBe("OperationNotPermitted");
    expect(ec2.snapshot().map(({ id }) => id)).toEqual([interfaceID, managed]);
  });
});

describe("attaching and detaching", () => {
  test("attaches up to the instance type's limit, one interface a device index", () => {
    const { ec2, subnetID, instanceID } = world();
    const attach = (deviceIndex: number) =>
      codeOf(() =>
        ec2.call("AttachNetworkInterface", {
          NetworkInterfaceId: ec2.seed.createInterface({ subnetID }),
          InstanceId: instanceID,
          DeviceIndex: deviceIndex,
        }),
      );
    expect(attach(1)).toBe("done");
    expect(attach(1)).toBe("InvalidParameterValue");
    expect(attach(2)).toBe("done");
    expect(attach(3)).toBe("AttachmentLimitExceeded");
  });

  test("passes through attaching and detaching while those take time", () => {
    const { ec2, clock, subnetID, instanceID, changes } = world({
      timings: { attaching: 2000, detaching: 3000 },
    });
    const id = ec2.seed.createInterface({ subnetID });
    changes.length = 0;
    const { AttachmentId } = ec2.call("AttachNetworkInterface", {
      NetworkInterfaceId: id,
      InstanceId: instanceID,
      DeviceIndex: 1,
    });
    expect(interfaceOf(ec2, id).status).toBe("attaching");
    clock.advance(2000);
    expect(interfaceOf(ec2, id).status).toBe("in-use");
    ec2.call("DetachNetworkInterface", { AttachmentId });
    expect(interfaceOf(ec2, id).status).toBe("detaching");
    expect(codeOf(() => ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: id }))).toBe(
      "InvalidParameterValue",
    );
    const due = ec2.nextTransitionAt();
    clock.advance(10_000);
    expect(interfaceOf(ec2, id).status).toBe("available");
    expect(changes.map(({ kind, time }) => ({ kind, time }))).toEqual([
      { kind: "interfaceAttached", time: (due ?? 0) - 5000 },
      { kind: "interfaceDetached", time: due },
    ]);
  });

  test("keeps the first interface and those that a service attached", () => {
    const { ec2, subnetID, interfaceID } = world();
    ec2.seed.createInterface({ subnetID, interfaceType: "nat_gateway", attachment: { id: "ela-attach-01" } });
    ec2.seed.createInterface({
      subnetID,
      attachment: { id: "eni-attach-02", instanceOwnerID: "999999999999" },
    });
    const first = ec2.call("DescribeNetworkInterfaces", { NetworkInterfaceIds: [interfaceID] })
      .NetworkInterfaces?.[0];
    const detach = (id: string | undefined) =>
      codeOf(() => ec2.call("DetachNetworkInterface", { AttachmentId: id }));
    expect(detach(first?.Attachment?.AttachmentId)).toBe("OperationNotPermitted");
    expect(detach("ela-attach-01")).toBe("OperationNotPermitted");
    expect(detach("eni-attach-02")).toBe("AuthFailure");
    expect(detach("eni-attach-03")).toBe("InvalidAttachmentID.NotFound");
  });
});

describe("instances", () => {
  test("termination deletes interfaces with DeleteOnTermination and leaves the others available", () => {
    const { ec2, clock, subnetID, instanceID, interfaceID, changes } = world({
      timings: { shuttingDown: 30_000 },
    });
    const left = ec2.seed.createInterface({
      subnetID,
      secondary: 1,
      attachment: { instanceID, deviceIndex: 1 },
    });
    changes.length = 0;
    ec2.call("TerminateInstances", { InstanceIds: [instanceID] });
    expect(ec2.snapshot().map(({ id, status }) => [id, status])).toEqual([
      [interfaceID, "in-use"],
      [left, "in-use"],
    ]);
    clock.advance(30_000);
    expect(ec2.snapshot().map(({ id, status }) => [id, status])).toEqual([[left, "available"]]);
    expect(interfaceOf(ec2, left).secondary).toHaveLength(1);
    expect(changes.at(-1)).toMatchObject({
      kind: "instanceStateChanged",
      from: "shutting-down",
      to: "terminated",
    });
  });

  test("a terminated instance is seen for an hour and then not found", () => {
    const { ec2, clock, instanceID } = world();
    ec2.call("TerminateInstances", { InstanceIds: [instanceID] });
    const look = () => codeOf(() => ec2.call("DescribeInstances", { InstanceIds: [instanceID] }));
    clock.advance(3_599_999);
    expect(look()).toBe("done");
    clock.advance(1);
    expect(look()).toBe("InvalidInstanceID.NotFound");
  });

  test("a stopped instance keeps its interfaces and addresses", () => {
    const { ec2, instanceID, interfaceID } = world();
    ec2.seed.assign(interfaceID, 3);
    const before = interfaceOf(ec2, interfaceID);
    ec2.call("StopInstances", { InstanceIds: [instanceID] });
    expect(ec2.instanceState(instanceID)).toBe("stopped");
    expect(interfaceOf(ec2, interfaceID)).toEqual(before);
    ec2.call("StartInstances", { InstanceIds: [instanceID] });
    expect(ec2.instanceState(instanceID)).toBe("running");
  });
});
