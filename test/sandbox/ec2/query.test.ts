import { request } from "node:http";
import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DetachNetworkInterfaceCommand,
  EC2Client,
  type EC2ClientConfig,
  ModifyNetworkInterfaceAttributeCommand,
  paginateDescribeNetworkInterfaces,
  TerminateInstancesCommand,
  UnassignPrivateIpAddressesCommand,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Ec2Front, Faults } from "../../../src/sandbox/ec2/index.ts";
import { address, interfaceOf, START, world } from "./world.ts";

let front: Ec2Front;
let base: ReturnType<typeof world>;
let faults: Faults;
let endpoint: string;
let clients: EC2Client[];

/** The SDK signs by the real clock; the offset takes it to the simulated one. */
function client(config: EC2ClientConfig = {}): EC2Client {
  const made = new EC2Client({
    region: "eu-west-1",
    endpoint,
    credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
    maxAttempts: 1,
    systemClockOffset: base.clock.now() - Date.now(),
    ...config,
  });
  clients.push(made);
  return made;
}

/**
 * "done", or EC2's code and status. A reset is told by its message: jest runs tests in a realm of their own, and the
 * SDK wraps what isn't an Error there, without its code.
 */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    ({ name, message, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) =>
      message.includes("ECONNRESET") ? "ECONNRESET" : `${name} ${$metadata?.httpStatusCode}`,
  );

beforeEach(async () => {
  base = world();
  clients = [];
  faults = new Faults();
  front = new Ec2Front({
    ec2: base.ec2,
    clock: base.clock.now,
    faults,
    sleep: (milliseconds) => Promise.resolve(base.clock.advance(milliseconds)),
  });
  endpoint = await front.start();
});

afterEach(async () => {
  for (const one of clients) one.destroy();
  await front.stop();
});

describe("through the AWS SDK", () => {
  test("an interface is made, tagged, attached, given addresses, robbed of one, detached and deleted", async () => {
    const ec2 = client();
    const { subnetID, instanceID } = base;
    const { NetworkInterface: made } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetID,
        Description: 'for <node> "a" &amp; b',
        Groups: ["sg-1", "sg-2"],
        SecondaryPrivateIpAddressCount: 1,
        TagSpecifications: [{ ResourceType: "network-interface", Tags: [{ Key: "k", Value: "" }] }],
      }),
    );
    const NetworkInterfaceId = made?.NetworkInterfaceId;
    await ec2.send(
      new CreateTagsCommand({ Resources: [NetworkInterfaceId!], Tags: [{ Key: "l", Value: "m" }] }),
    );
    const { AttachmentId } = await ec2.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: instanceID, DeviceIndex: 1 }),
    );
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    const assigned = await ec2.send(
      new AssignPrivateIpAddressesCommand({
        NetworkInterfaceId,
        PrivateIpAddresses: ["10.0.0.44", "10.0.0.45"],
      }),
    );
    expect(assigned.AssignedPrivateIpAddresses).toEqual([
      { PrivateIpAddress: "10.0.0.44" },
      { PrivateIpAddress: "10.0.0.45" },
    ]);
    const prefixes = await ec2.send(
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4Prefixes: ["10.0.0.208/28"] }),
    );
    expect(prefixes.AssignedIpv4Prefixes).toEqual([{ Ipv4Prefix: "10.0.0.208/28" }]);
    await ec2.send(
      new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: ["10.0.0.44"] }),
    );

    const seen = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId!] }),
    );
    const inProcess = base.ec2.call("DescribeNetworkInterfaces", {
      NetworkInterfaceIds: [NetworkInterfaceId!],
    });
    expect(seen.NetworkInterfaces).toEqual(inProcess.NetworkInterfaces);
    expect(seen.NetworkInterfaces?.[0]).toMatchObject({
      Description: 'for <node> "a" &amp; b',
      Groups: [{ GroupId: "sg-1" }, { GroupId: "sg-2" }],
      TagSet: [
        { Key: "k", Value: "" },
        { Key: "l", Value: "m" },
      ],
      Attachment: {
        InstanceId: instanceID,
        DeviceIndex: 1,
        DeleteOnTermination: true,
        AttachTime: new Date(START),
      },
      Ipv4Prefixes: [{ Ipv4Prefix: "10.0.0.208/28" }],
      Status: "in-use",
    });

    await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    expect(base.ec2.snapshot()).toHaveLength(1);
  });

  test("the SDK's paginator sees every interface", async () => {
    for (let index = 0; index < 30; index++) base.ec2.seed.createInterface({ subnetID: base.subnetID });
    const seen: unknown[] = [];
    for await (const page of paginateDescribeNetworkInterfaces(
      { client: client(), pageSize: 7 },
      { Filters: [{ Name: "vpc-id", Values: ["vpc-*"] }] },
    ))
      seen.push(...(page.NetworkInterfaces ?? []).map(({ NetworkInterfaceId }) => NetworkInterfaceId));
    expect(seen).toEqual(base.ec2.snapshot().map(({ id }) => id));
    expect(base.ec2.calls.byAction("AKIDTEST")).toEqual({ DescribeNetworkInterfaces: 5 });
  });

  test("interfaces of other services come as AWS tells them", async () => {
    base.ec2.seed.createInterface({
      subnetID: base.subnetID,
      interfaceType: "nat_gateway",
      requesterManaged: true,
      requesterID: "644160558196",
      description: "Interface for NAT Gateway nat-001ede673d090598b",
      attachment: {},
    });
    const { NetworkInterfaces } = await client().send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "interface-type", Values: ["nat_gateway"] }],
      }),
    );
    expect(NetworkInterfaces?.[0]).toMatchObject({
      InterfaceType: "nat_gateway",
      RequesterManaged: true,
      RequesterId: "644160558196",
      Attachment: { InstanceOwnerId: "amazon-aws", DeviceIndex: 1, Status: "attached" },
    });
    expect(NetworkInterfaces?.[0]?.Attachment).not.toHaveProperty("InstanceId");
    expect(NetworkInterfaces?.[0]?.Attachment).not.toHaveProperty("AttachTime");
  });

  test("instances, their types and subnets are described", async () => {
    const ec2 = client();
    const { instanceID, interfaceID, subnetID } = base;
    const instances = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
    );
    expect(instances.Reservations?.[0]?.Instances?.[0]).toMatchObject({
      InstanceId: instanceID,
      InstanceType: "m5.large",
      State: { Code: 16, Name: "running" },
      PrivateIpAddress: interfaceOf(base.ec2, interfaceID).primary,
      LaunchTime: new Date(START),
    });
    const types = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ["t3.medium", "c5.18xlarge"] }),
    );
    expect(
      types.InstanceTypes?.map(({ InstanceType, NetworkInfo }) => [
        InstanceType,
        NetworkInfo?.MaximumNetworkInterfaces,
        NetworkInfo?.Ipv4AddressesPerInterface,
      ]),
    ).toEqual([
      ["t3.medium", 3, 6],
      ["c5.18xlarge", 15, 50],
    ]);
    const subnets = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetID] }));
    expect(subnets.Subnets?.[0]).toMatchObject({ CidrBlock: "10.0.0.0/24", AvailableIpAddressCount: 250 });
    const terminated = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceID] }));
    expect(terminated.TerminatingInstances?.[0]).toMatchObject({
      PreviousState: { Name: "running" },
      CurrentState: { Name: "terminated" },
    });
  });

  test("errors have EC2's code, message and status", async () => {
    const ec2 = client();
    const NetworkInterfaceId = "eni-0ffffffffffffffff";
    await expect(
      ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] })),
    ).rejects.toMatchObject({
      name: "InvalidNetworkInterfaceID.NotFound",
      message: `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({ DryRun: true })))).toBe("DryRunOperation 412");
  });

  test("a throttled request is 503", async () => {
    await front.stop();
    base = world({ throttling: { DescribeSubnets: { capacity: 1, refillPerSecond: 1 } } });
    front = new Ec2Front({ ec2: base.ec2, clock: base.clock.now });
    endpoint = await front.start();
    const ec2 = client();
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({})))).toBe("done");
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({})))).toBe("RequestLimitExceeded 503");
  });
});

describe("time of the signature", () => {
  const at = (minutes: number) => client({ systemClockOffset: START + minutes * 60_000 - Date.now() });

  test("14 minutes off either way is taken, 16 is not", async () => {
    for (const minutes of [-14, 14])
      expect(await outcome(at(minutes).send(new DescribeSubnetsCommand({})))).toBe("done");
    for (const minutes of [-16, 16])
      expect(await outcome(at(minutes).send(new DescribeSubnetsCommand({})))).toBe("RequestExpired 400");
  });

  test("the SDK learns the simulator's time from the Date header and succeeds at its second attempt", async () => {
    const late = client({ maxAttempts: 2, systemClockOffset: START - 3_600_000 - Date.now() });
    expect(await outcome(late.send(new DescribeSubnetsCommand({})))).toBe("done");
  });

  test("a request that was too long on its way has no effect", async () => {
    base.ec2.seed.assign(base.interfaceID, [address("10.0.0.40")]);
    faults.add({ action: "UnassignPrivateIpAddresses", kind: "delay", milliseconds: 16 * 60_000 });
    const late = client().send(
      new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: base.interfaceID,
        PrivateIpAddresses: ["10.0.0.40"],
      }),
    );
    expect(await outcome(late)).toBe("RequestExpired 400");
    expect(interfaceOf(base.ec2, base.interfaceID).secondary).toEqual(["10.0.0.40"]);
  });
});

/** Until the request has reached the simulator. */
async function struck(fault: { readonly hits: () => number }): Promise<void> {
  while (fault.hits() === 0) await new Promise(setImmediate);
}

describe("faults", () => {
  const unassign = (text: string, config: EC2ClientConfig = {}) =>
    outcome(
      client(config).send(
        new UnassignPrivateIpAddressesCommand({
          NetworkInterfaceId: base.interfaceID,
          PrivateIpAddresses: [text],
        }),
      ),
    );
  const left = () => interfaceOf(base.ec2, base.interfaceID).secondary;
  beforeEach(() => {
    base.ec2.seed.assign(base.interfaceID, ["10.0.0.40", "10.0.0.41"].map(address));
  });

  test("drop-before resets the connection and nothing happened", async () => {
    faults.add({ action: "UnassignPrivateIpAddresses", kind: "drop-before" });
    expect(await unassign("10.0.0.40")).toBe("ECONNRESET");
    expect(left()).toEqual(["10.0.0.40", "10.0.0.41"]);
  });

  test("drop-after resets the connection and it happened", async () => {
    faults.add({ action: "UnassignPrivateIpAddresses", kind: "drop-after" });
    expect(await unassign("10.0.0.40")).toBe("ECONNRESET");
    expect(left()).toEqual(["10.0.0.41"]);
  });

  test("an error is given as asked for, to the nth matching request only", async () => {
    const fault = faults.add({
      kind: "error",
      code: "InternalError",
      status: 500,
      nth: 2,
      matching: ({ action, caller }) => action.startsWith("Unassign") && caller === "AKIDTEST",
    });
    expect(await unassign("10.0.0.40")).toBe("done");
    expect(await unassign("10.0.0.41")).toBe("InternalError 500");
    expect(await unassign("10.0.0.41")).toBe("done");
    expect(fault.hits()).toBe(1);
  });

  test("a duplicate acts twice: it takes away what was assigned anew in between", async () => {
    let again = true;
    base.ec2.onChange((change) => {
      if (change.kind !== "addressUnassigned" || !again) return;
      again = false;
      base.ec2.seed.assign(base.interfaceID, [change.address]);
    });
    faults.add({ kind: "duplicate" });
    expect(await unassign("10.0.0.40")).toBe("done");
    expect(left()).toEqual(["10.0.0.41"]);
    expect(base.ec2.calls.byAction()).toHaveProperty("UnassignPrivateIpAddresses", 2);
  });

  test("a held request takes effect when it is released, though its caller has given up", async () => {
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const effect = new Promise<void>((resolve) => base.ec2.onChange(() => resolve()));
    const fault = faults.add({ action: "UnassignPrivateIpAddresses", kind: "hold", until });
    const abort = new AbortController();
    const gaveUp = client().send(
      new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: base.interfaceID,
        PrivateIpAddresses: ["10.0.0.40"],
      }),
      { abortSignal: abort.signal },
    );
    await struck(fault);
    abort.abort();
    await expect(gaveUp).rejects.toThrow();
    expect(left()).toEqual(["10.0.0.40", "10.0.0.41"]);
    release();
    await effect;
    expect(left()).toEqual(["10.0.0.41"]);
  });
});

describe("the wire", () => {
  function post(body: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number | undefined; date: string | undefined; body: string }>(
      (resolve, reject) => {
        const sent = request(endpoint, { method: "POST", headers, agent: false }, (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () =>
            resolve({ status: response.statusCode, date: response.headers.date, body: text }),
          );
        });
        sent.on("error", reject);
        sent.end(body);
      },
    );
  }
  const signed = {
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDRAW/20300101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    "x-amz-date": "20300101T000000Z",
  };

  test("the Date header is the simulator's time", async () => {
    base.clock.advance(3_000);
    const { date } = await post("Action=DescribeSubnets&Version=2016-11-15", signed);
    expect(date).toBe("Tue, 01 Jan 2030 00:00:03 GMT");
  });

  test("unknown actions, unknown parameters and unsigned requests are refused", async () => {
    const ask = async (body: string, headers = signed as Record<string, string>) => {
      const answer = await post(body, headers);
      return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(answer.body)?.[1]}`;
    };
    expect(await ask("Action=LaunchRockets&Version=2016-11-15")).toBe("400 InvalidAction");
    expect(await ask("Action=DescribeSubnets&Version=2016-11-15&Colour=red")).toBe("400 UnknownParameter");
    expect(await ask("Action=DescribeSubnets&Version=2016-11-15", {})).toBe("403 MissingAuthenticationToken");
  });
});
