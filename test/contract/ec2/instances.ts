import {
  AttachNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect } from "@jest/globals";
import type { Sentence } from "../sentences.ts";
import { codeOf, type Subject } from "./subject.ts";

export function describeInstances(subject: Subject, sentence: Sentence): void {
  const look = (...ids: string[]) => subject.client.send(new DescribeInstancesCommand({ InstanceIds: ids }));
  const stateOf = async (id: string) => {
    const { Reservations = [] } = await look(id);
    return Reservations[0]?.Instances?.[0]?.State?.Name;
  };
  const terminate = (id: string) => subject.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

  describe("instances", () => {
    sentence("a running one is running, and tells its address and launch time", async () => {
      const { instanceID, interfaceID } = await subject.peer.runInstance();
      const { Reservations = [] } = await look(instanceID);
      const { PrivateIpAddress } = await subject.interfaceOf(interfaceID);
      expect(Reservations[0]?.Instances?.[0]).toMatchObject({
        InstanceId: instanceID,
        State: { Code: 16, Name: "running" },
        InstanceType: "m5.large",
        PrivateIpAddress,
        LaunchTime: expect.any(Date),
      });
    });

    sentence("one that never was is not found, and fails the look at others", async () => {
      const { instanceID } = await subject.peer.runInstance();
      const never = "i-0000000000000dead";
      expect(await codeOf(look(never))).toBe("InvalidInstanceID.NotFound");
      expect(await codeOf(look(instanceID, never))).toBe("InvalidInstanceID.NotFound");
    });

    sentence("the first interface is deleted with its instance", async () => {
      const { interfaceID } = await subject.peer.runInstance();
      expect((await subject.interfaceOf(interfaceID)).Attachment).toMatchObject({
        DeviceIndex: 0,
        DeleteOnTermination: true,
      });
    });

    sentence("a terminated one is still seen, its first interface isn't", async () => {
      const { instanceID, interfaceID } = await subject.peer.runInstance();
      await terminate(instanceID);
      expect(await stateOf(instanceID)).toBe("terminated");
      const mine = [{ Name: "network-interface-id", Values: [interfaceID] }];
      const left = await subject.client.send(new DescribeNetworkInterfacesCommand({ Filters: mine }));
      expect(left.NetworkInterfaces).toEqual([]);
    });

    sentence("a terminated one leaves a later interface available, with its addresses", async () => {
      const { instanceID } = await subject.peer.runInstance();
      const id = await subject.createInterface({ SecondaryPrivateIpAddressCount: 1 });
      const addresses = await subject.secondariesOf(id);
      await subject.client.send(
        new AttachNetworkInterfaceCommand({ NetworkInterfaceId: id, InstanceId: instanceID, DeviceIndex: 1 }),
      );
      await terminate(instanceID);
      const seen = await subject.interfaceOf(id);
      expect([seen.Status, seen.Attachment]).toEqual(["available", undefined]);
      expect(await subject.secondariesOf(id)).toEqual(addresses);
    });

    sentence("a stopped one keeps its interfaces and addresses", async () => {
      const { instanceID, interfaceID } = await subject.peer.runInstance();
      const before = await subject.interfaceOf(interfaceID);
      await subject.client.send(new StopInstancesCommand({ InstanceIds: [instanceID] }));
      expect(await stateOf(instanceID)).toBe("stopped");
      const after = await subject.interfaceOf(interfaceID);
      expect([after.Status, after.PrivateIpAddresses]).toEqual(["in-use", before.PrivateIpAddresses]);
    });

    sentence("each answer carries the time of the service", async () => {
      let date: string | undefined;
      const client = subject.signingAs();
      client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          date = (result.response as { headers: Record<string, string> }).headers["date"];
          return result;
        },
        { step: "deserialize", priority: "low" },
      );
      await client.send(new DescribeInstancesCommand({ MaxResults: 5 }));
      client.destroy();
      expect(Math.abs(Date.parse(date ?? "") - Date.now())).toBeLessThan(60_000);
    });
  });
}
