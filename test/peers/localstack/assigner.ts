import { AssignPrivateIpAddressesCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { createCloudAssigner } from "../../../src/adapters/ec2/assigner.ts";
import { watchServerTime } from "../../../src/adapters/ec2/server-time.ts";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import type { AssignerPeer } from "../../contract/assigner.ts";
import { access } from "./access.ts";
import { ec2OnLocalStack } from "./ec2.ts";

const address = (text: string) => parseAddress(text) as Address;

/** The same layout as on the simulator, by EC2's own calls. */
export async function assignerOnLocalStack(endpoint: string): Promise<AssignerPeer> {
  const { client, runInstance, stop } = await ec2OnLocalStack(endpoint);
  const reach = access(endpoint);
  const [here, there] = [await runInstance(), await runInstance()];
  const taken = address("10.0.8.77");
  await client.send(
    new AssignPrivateIpAddressesCommand({
      NetworkInterfaceId: there.interfaceID,
      PrivateIpAddresses: [taken],
    }),
  );
  return {
    assigner: createCloudAssigner({
      ...reach,
      run: () => "run-7",
      serverTime: watchServerTime(reach.clock),
      requestTimeoutMilliseconds: 5_000,
    }),
    here: here.interfaceID,
    there: there.interfaceID,
    taken,
    free: address("10.0.8.78"),
    async secondariesOf(id) {
      const { NetworkInterfaces = [] } = await client.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      return (NetworkInterfaces[0]?.PrivateIpAddresses ?? [])
        .filter(({ Primary }) => Primary !== true)
        .map(({ PrivateIpAddress = "" }) => address(PrivateIpAddress));
    },
    stop,
  };
}
