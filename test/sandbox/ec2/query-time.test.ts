import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outcome, Served } from "./served.ts";
import { address, interfaceOf, START } from "./world.ts";

let served: Served;
beforeEach(async () => {
  served = await Served.start();
});
afterEach(() => served.stop());

describe("time of the signature", () => {
  const at = (minutes: number) => served.client({ systemClockOffset: START + minutes * 60_000 - Date.now() });

  test("14 minutes off either way is taken, 16 is not", async () => {
    for (const minutes of [-14, 14])
      expect(await outcome(at(minutes).send(new DescribeSubnetsCommand({})))).toBe("done");
    for (const minutes of [-16, 16])
      expect(await outcome(at(minutes).send(new DescribeSubnetsCommand({})))).toBe("RequestExpired 400");
  });

  test("the SDK learns the simulator's time from the Date header and succeeds at its second attempt", async () => {
    const late = served.client({ maxAttempts: 2, systemClockOffset: START - 3_600_000 - Date.now() });
    expect(await outcome(late.send(new DescribeSubnetsCommand({})))).toBe("done");
  });

  test("a request that was too long on its way has no effect", async () => {
    served.base.ec2.seed.assign(served.base.interfaceID, [address("10.0.0.40")]);
    served.faults.add({ action: "UnassignPrivateIpAddresses", kind: "delay", milliseconds: 16 * 60_000 });
    const late = served.client().send(served.unassign("10.0.0.40"));
    expect(await outcome(late)).toBe("RequestExpired 400");
    expect(interfaceOf(served.base.ec2, served.base.interfaceID).secondary).toEqual(["10.0.0.40"]);
  });
});
