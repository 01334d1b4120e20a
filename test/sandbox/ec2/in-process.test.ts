import { DescribeNetworkInterfacesCommand, UnassignPrivateIpAddressesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "@jest/globals";
import { ConnectionReset, Faults, inProcessClient } from "../../../src/sandbox/ec2/index.ts";
import { address, interfaceOf, world } from "./world.ts";

function laid(skewMilliseconds = 0) {
  const base = world();
  const faults = new Faults();
  base.ec2.seed.assign(base.interfaceID, ["10.0.0.40", "10.0.0.41"].map(address));
  const client = inProcessClient({
    ec2: base.ec2,
    clock: base.clock.now,
    callerClock: () => base.clock.now() + skewMilliseconds,
    caller: "AKIDNODE",
    faults,
    sleep: async (milliseconds) => base.clock.advance(milliseconds),
  });
  const unassign = (text: string) =>
    client.send(
      new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: base.interfaceID,
        PrivateIpAddresses: [text],
      }),
    );
  const left = () => interfaceOf(base.ec2, base.interfaceID).secondary;
  return { ...base, client, faults, unassign, left };
}

describe("the SDK's commands without HTTP", () => {
  test("answers in the SDK's shapes and counts the caller", async () => {
    const { client, ec2, interfaceID } = laid();
    const answer = await client.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceID] }),
    );
    expect(answer.NetworkInterfaces?.[0]?.NetworkInterfaceId).toBe(interfaceID);
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(ec2.calls.byAction("AKIDNODE")).toEqual({ DescribeNetworkInterfaces: 1 });
  });

  test("throws errors with the SDK's fields", async () => {
    await expect(laid().unassign("10.0.0.99")).rejects.toMatchObject({
      name: "InvalidParameterValue",
      $fault: "client",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("drop-before keeps the address, drop-after takes it, and the caller can't tell them apart", async () => {
    const { faults, unassign, left } = laid();
    const before = faults.add({ kind: "drop-before" });
    await expect(unassign("10.0.0.40")).rejects.toBeInstanceOf(ConnectionReset);
    expect(left()).toEqual(["10.0.0.40", "10.0.0.41"]);
    before.remove();
    faults.add({ kind: "drop-after" });
    await expect(unassign("10.0.0.40")).rejects.toBeInstanceOf(ConnectionReset);
    expect(left()).toEqual(["10.0.0.41"]);
  });

  test("an answer can be late while its effect was not", async () => {
    const { faults, unassign, left } = laid();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    faults.add({ kind: "hold", until, when: "after" });
    const answer = unassign("10.0.0.40");
    await Promise.resolve();
    expect(left()).toEqual(["10.0.0.41"]);
    release();
    await answer;
  });

  test("a caller whose clock is wrong by more than 15 minutes has no effect", async () => {
    for (const minutes of [-16, 16]) {
      const { unassign, left } = laid(minutes * 60_000);
      await expect(unassign("10.0.0.40")).rejects.toMatchObject({ name: "RequestExpired" });
      expect(left()).toHaveLength(2);
    }
    await laid(14 * 60_000).unassign("10.0.0.40");
  });

  test("every nth request is struck", async () => {
    const { faults, client } = laid();
    faults.add({ kind: "error", code: "RequestLimitExceeded", status: 503, every: 3 });
    const codes: string[] = [];
    for (let index = 0; index < 6; index++) {
      codes.push(
        await client.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 })).then(
          () => "done",
          ({ name }: Error) => name,
        ),
      );
    }
    expect(codes).toEqual(["done", "done", "RequestLimitExceeded", "done", "done", "RequestLimitExceeded"]);
  });
});
