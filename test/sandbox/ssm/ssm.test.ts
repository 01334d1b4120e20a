import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Ssm, SsmFront } from "../../../src/sandbox/ssm/index.ts";
import { manualClock, START } from "../ec2/world.ts";

let front: SsmFront;
let client: SSMClient;

beforeEach(async () => {
  const { now } = manualClock();
  front = new SsmFront({ ssm: new Ssm({ clock: now }), clock: now });
  client = new SSMClient({
    region: "eu-west-1",
    endpoint: await front.start(),
    credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await front.stop();
});

describe("Parameter Store through the AWS SDK", () => {
  test("a parameter that is not there is ParameterNotFound", async () => {
    await expect(client.send(new GetParameterCommand({ Name: "/none" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("each overwrite counts the version up; without Overwrite nothing is overwritten", async () => {
    const put = (Value: string, Overwrite?: boolean) =>
      client.send(
        new PutParameterCommand({ Name: "/a", Value, Type: "String", ...(Overwrite && { Overwrite }) }),
      );
    expect((await put("1")).Version).toBe(1);
    await expect(put("2")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect((await put("3", true)).Version).toBe(2);
    const { Parameter } = await client.send(new GetParameterCommand({ Name: "/a" }));
    expect(Parameter).toMatchObject({
      Value: "3",
      Version: 2,
      Type: "String",
      LastModifiedDate: new Date(START),
    });
    const first = await client.send(new GetParameterCommand({ Name: "/a:1" }));
    expect(first.Parameter?.Value).toBe("1");
  });

  test("a SecureString is readable only with decryption", async () => {
    await client.send(new PutParameterCommand({ Name: "/s", Value: "secret", Type: "SecureString" }));
    const read = async (WithDecryption: boolean) =>
      (await client.send(new GetParameterCommand({ Name: "/s", WithDecryption }))).Parameter?.Value;
    expect(await read(true)).toBe("secret");
    expect(await read(false)).not.toContain("secret");
  });
});
