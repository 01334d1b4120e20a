import { afterEach, describe, expect, it } from "@jest/globals";
import { createCloudAssigner } from "../../../src/adapters/ec2/assigner.ts";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import { Ec2, Ec2Front, Faults } from "../../../src/sandbox/ec2/index.ts";
import { describeAssigner } from "../../contract/assigner.ts";
import { type Endpoint, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { accessTo } from "./access.ts";

const address = (text: string) => parseAddress(text) as Address;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function simulated() {
  const clock = fakeClock();
  const ec2 = new Ec2({ clock: clock.now, random: () => 0.5, throttling: false });
  const faults = new Faults();
  const front = new Ec2Front({ ec2, clock: clock.now, faults });
  const endpoint = await front.start();
  stops.push(() => front.stop());
  const subnetID = ec2.seed.addSubnet({ cidr: "10.0.0.0/24" });
  const [here, there] = [1, 2].map(() => ec2.seed.runInstance({ subnetID }).interfaceID) as [string, string];
  const secondariesOf = (id: string) => ec2.snapshot().find((item) => item.id === id)?.secondary ?? [];
  return { assigner: assignerAt(endpoint, clock), ec2, faults, here, there, secondariesOf };
}

function assignerAt(endpoint: string, clock: ReturnType<typeof fakeClock>) {
  return createCloudAssigner({ ...accessTo(endpoint, clock), requestTimeoutMilliseconds: 2_000 });
}

describeAssigner("the EC2 API", async () => {
  const { assigner, ec2, here, there, secondariesOf } = await simulated();
  const taken = address("10.0.0.77");
  ec2.seed.assign(there, [taken]);
  return {
    assigner,
    here,
    there,
    taken,
    free: address("10.0.0.78"),
    secondariesOf: async (id) => secondariesOf(id),
    stop: async () => undefined,
  };
});

describe("CloudAssigner", () => {
  it("H60 takes nothing from another interface: AllowReassignment is never sent", async () => {
    const { assigner, ec2, here, there, secondariesOf } = await simulated();
    ec2.seed.assign(there, [address("10.0.0.77")]);
    const answer = await assigner.assign({ interfaceID: here, addresses: [address("10.0.0.77")] });
    expect(answer).toMatchObject({ kind: "refused", code: "InvalidParameterValue" });
    expect(secondariesOf(there)).toEqual(["10.0.0.77"]);
  });

  it("tells a refusal, too many calls and a doubt apart", async () => {
    const { assigner, faults, here } = await simulated();
    faults.add({ kind: "error", code: "RequestLimitExceeded", status: 503, nth: 1 });
    faults.add({ kind: "error", code: "InternalError", status: 500, nth: 2 });
    expect(await assigner.assign({ interfaceID: here, count: 1 })).toMatchObject({ kind: "throttled" });
    expect(await assigner.assign({ interfaceID: here, count: 1 })).toMatchObject({ kind: "unclear" });
    expect(await assigner.assign({ interfaceID: "eni-0123456789abcdef0", count: 1 })).toMatchObject({
      kind: "refused",
      code: "InvalidNetworkInterfaceID.NotFound",
    });
  });

  it("H22 sends one request, also where its answer is lost: a second one would assign twice", async () => {
    const { assigner, ec2, faults, here, secondariesOf } = await simulated();
    faults.add({ kind: "drop-after", nth: 1 });
    expect(await assigner.assign({ interfaceID: here, count: 2 })).toMatchObject({ kind: "unclear" });
    expect(ec2.calls.byAction()["AssignPrivateIpAddresses"]).toBe(1);
    expect(secondariesOf(here)).toHaveLength(2);
  });

  it("takes what is not EC2's answer for none", async () => {
    const clock = fakeClock();
    const endpoint: Endpoint = await startEndpoint(clock.now, () => ({ body: "<html>welcome</html>" }));
    stops.push(() => endpoint.stop());
    const answer = await assignerAt(endpoint.url, clock).assign({ interfaceID: "eni-1", count: 1 });
    expect(answer).toMatchObject({ kind: "unclear" });
  });
});
