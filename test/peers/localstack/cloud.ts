import {
  AssignPrivateIpAddressesCommand,
  CreateNetworkInterfaceCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { createCloudReader } from "../../../src/adapters/ec2/reader.ts";
import { createCloudReleaser } from "../../../src/adapters/ec2/releaser.ts";
import { watchServerTime } from "../../../src/adapters/ec2/server-time.ts";
import { type Address, parseAddress, parsePrefix } from "../../../src/domain/address.ts";
import { TAG } from "../../../src/domain/objects/names.ts";
import type { CloudPeer } from "../../adapters/ec2/cloud-contract.ts";
import { access } from "./access.ts";
import { ec2OnLocalStack } from "./ec2.ts";

const address = (text: string) => parseAddress(text) as Address;

/** The same layout as on the simulator, by EC2's own calls. */
export async function cloudOnLocalStack(endpoint: string): Promise<CloudPeer> {
  const { client, vpcID, subnetID, runInstance, stop } = await ec2OnLocalStack(endpoint);
  const elsewhere = await ec2OnLocalStack(endpoint);
  const reach = access(endpoint);
  const options = { ...reach, run: () => "run-7", serverTime: watchServerTime(reach.clock) };
  const create = async (SubnetId: string, tags: Readonly<Record<string, string>> = {}) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { NetworkInterface } = await client.send(
      new CreateNetworkInterfaceCommand({
        SubnetId,
        ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: "network-interface", Tags }] }),
      }),
    );
    return NetworkInterface!;
  };

  const running = await runInstance();
  const secondary = [address("10.0.8.20"), address("10.0.8.21"), address("10.0.8.22")] as const;
  const prefix = parsePrefix("10.0.12.64/28")!;
  const NetworkInterfaceId = running.interfaceID;
  await client.send(
    new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [...secondary] }),
  );
  await client.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4Prefixes: [prefix] }));
  const dead = await runInstance();
  const detached = (await create(subnetID, { [TAG.instance]: dead.instanceID })).NetworkInterfaceId!;
  await client.send(new TerminateInstancesCommand({ InstanceIds: [dead.instanceID] }));
  await create(elsewhere.subnetID);

  return {
    reader: createCloudReader({ ...options, vpcID }),
    releaser: createCloudReleaser({ ...options, requestTimeoutMilliseconds: 5_000 }),
    soon: () => Date.now() + 30_000,
    running: running.instanceID,
    terminated: dead.instanceID,
    attached: { id: NetworkInterfaceId, primary: address(running.primary) },
    secondary,
    prefix,
    detached,
    all: [NetworkInterfaceId, detached],
    async stop() {
      await stop();
      await elsewhere.stop();
    },
  };
}
