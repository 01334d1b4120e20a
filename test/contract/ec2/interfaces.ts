import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteTagsCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect } from "@jest/globals";
import type { Sentence } from "../sentences.ts";
import { codeOf, type Subject } from "./subject.ts";

export function describeInterfaces(subject: Subject, sentence: Sentence): void {
  const remove = (id: string) =>
    subject.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
  const attach = (id: string, instanceID: string, deviceIndex: number) =>
    subject.client.send(
      new AttachNetworkInterfaceCommand({
        NetworkInterfaceId: id,
        InstanceId: instanceID,
        DeviceIndex: deviceIndex,
      }),
    );

  describe("interfaces", () => {
    sentence("a new interface is available, ours, and has what was asked for", async () => {
      const primary = subject.freshAddress();
      const secondary = subject.freshAddress();
      const id = await subject.createInterface({
        Description: 'for <node> "a" & b',
        PrivateIpAddresses: [
          { PrivateIpAddress: primary, Primary: true },
          { PrivateIpAddress: secondary, Primary: false },
        ],
        TagSpecifications: [
          {
            ResourceType: "network-interface",
            Tags: [
              { Key: "vpcip.dev/cluster", Value: "c1" },
              { Key: "empty", Value: "" },
            ],
          },
        ],
      });
      const seen = await subject.interfaceOf(id);
      expect(seen).toMatchObject({
        NetworkInterfaceId: id,
        SubnetId: subject.peer.subnetID,
        VpcId: subject.peer.vpcID,
        Status: "available",
        Description: 'for <node> "a" & b',
        PrivateIpAddress: primary,
        RequesterManaged: false,
      });
      expect(seen.PrivateIpAddresses).toMatchObject([
        { PrivateIpAddress: primary, Primary: true },
        { PrivateIpAddress: secondary, Primary: false },
      ]);
      expect(seen.TagSet).toEqual(
        expect.arrayContaining([
          { Key: "vpcip.dev/cluster", Value: "c1" },
          { Key: "empty", Value: "" },
        ]),
      );
      expect(seen.Attachment).toBeUndefined();
    });

    sentence("a new interface is of the type interface", async () => {
      const id = await subject.createInterface();
      expect((await subject.interfaceOf(id)).InterfaceType).toBe("interface");
    });

    sentence("the same client token makes one interface", async () => {
      const input = { SubnetId: subject.peer.subnetID, ClientToken: subject.freshName() };
      const make = async () =>
        (await subject.client.send(new CreateNetworkInterfaceCommand(input))).NetworkInterface;
      const [first, second] = [await make(), await make()];
      expect(second?.NetworkInterfaceId).toBe(first?.NetworkInterfaceId);
    });

    sentence("an interface whose primary address is taken is not made", async () => {
      const PrivateIpAddress = subject.freshAddress();
      await subject.createInterface({ PrivateIpAddress });
      expect(await codeOf(subject.createInterface({ PrivateIpAddress }))).toBe("InvalidIPAddress.InUse");
    });

    sentence("tags are added, overwritten and removed", async () => {
      const id = await subject.createInterface();
      const tags = async () => (await subject.interfaceOf(id)).TagSet;
      const set = (Key: string, Value: string) =>
        subject.client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
      await set("a", "1");
      await set("b", "2");
      await set("a", "3");
      expect(await tags()).toEqual(
        expect.arrayContaining([
          { Key: "a", Value: "3" },
          { Key: "b", Value: "2" },
        ]),
      );
      await subject.client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: "a" }] }));
      expect(await tags()).toEqual([{ Key: "b", Value: "2" }]);
    });

    sentence("an available interface is deleted, and then not found", async () => {
      const id = await subject.createInterface();
      await remove(id);
      expect(await codeOf(subject.interfaceOf(id))).toBe("InvalidNetworkInterfaceID.NotFound");
      expect(await codeOf(remove(id))).toBe("InvalidNetworkInterfaceID.NotFound");
    });

    sentence("a call that releases and is done says so with a return value", async () => {
      const id = await subject.createInterface({ SecondaryPrivateIpAddressCount: 1 });
      const [address] = await subject.secondariesOf(id);
      for (const action of [
        `UnassignPrivateIpAddresses&NetworkInterfaceId=${id}&PrivateIpAddress.1=${address}`,
        `DeleteNetworkInterface&NetworkInterfaceId=${id}`,
      ])
        expect(await subject.bodyOf(action)).toContain("<return>true</return>");
    });

    sentence("an attached interface is not deleted", async () => {
      const { interfaceID } = await subject.peer.runInstance();
      expect(await codeOf(remove(interfaceID))).toMatch(/^Invalid(ParameterValue|NetworkInterface\.InUse)$/);
      expect((await subject.interfaceOf(interfaceID)).Status).toBe("in-use");
    });

    sentence("an attached interface tells its instance, and is available once it is detached", async () => {
      const { instanceID } = await subject.peer.runInstance();
      const id = await subject.createInterface();
      const { AttachmentId } = await attach(id, instanceID, 1);
      expect(await subject.interfaceOf(id)).toMatchObject({
        Status: "in-use",
        Attachment: { AttachmentId, InstanceId: instanceID, DeviceIndex: 1, Status: "attached" },
      });
      await subject.client.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
      const seen = await subject.interfaceOf(id);
      expect([seen.Status, seen.Attachment]).toEqual(["available", undefined]);
    });

    sentence("an attachment made later outlives its instance unless it is told otherwise", async () => {
      const { instanceID } = await subject.peer.runInstance();
      const id = await subject.createInterface();
      const { AttachmentId } = await attach(id, instanceID, 1);
      expect((await subject.interfaceOf(id)).Attachment?.DeleteOnTermination).toBe(false);
      await subject.client.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: id,
          Attachment: { AttachmentId, DeleteOnTermination: true },
        }),
      );
      expect((await subject.interfaceOf(id)).Attachment?.DeleteOnTermination).toBe(true);
    });

    sentence("a device index is taken once", async () => {
      const { instanceID } = await subject.peer.runInstance();
      await attach(await subject.createInterface(), instanceID, 1);
      expect(await codeOf(attach(await subject.createInterface(), instanceID, 1))).toBe(
        "InvalidParameterValue",
      );
    });

    sentence("an instance has no more interfaces than its type allows", async () => {
      const { instanceID } = await subject.peer.runInstance();
      for (const index of [1, 2]) await attach(await subject.createInterface(), instanceID, index);
      expect(await codeOf(attach(await subject.createInterface(), instanceID, 3))).toBe(
        "AttachmentLimitExceeded",
      );
    });

    sentence("a dry run says that it would work, and does nothing", async () => {
      const id = await subject.createInterface();
      const dry = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id, DryRun: true });
      expect(await codeOf(subject.client.send(dry))).toBe("DryRunOperation");
      expect((await subject.interfaceOf(id)).Status).toBe("available");
    });

    sentence("a request that was signed 16 minutes ago is refused, and has no effect", async () => {
      const id = await subject.createInterface();
      const late = subject.signingAs(-16 * 60_000);
      const code = await codeOf(late.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })));
      late.destroy();
      expect(code).toBe("RequestExpired");
      expect((await subject.interfaceOf(id)).Status).toBe("available");
    });
  });
}
