import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type EksOptions, tokenSigner } from "../../../src/adapters/eks/token.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { urlOf, verified } from "./presigned.ts";

const MINUTE = 60_000;
const SIGNED_AT = Date.UTC(2026, 10, 22, 21, 14, 5);
const credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "FwoGZXIvYXdzEBY+/example==",
};

/** What `aws eks get-token` of AWS CLI 1.44.44 signed with these credentials, in this region, for cluster blue, at that second. */
const OF_THE_CLI =
  "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20261122T211405Z&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Expires=60&X-Amz-Security-Token=FwoGZXIvYXdzEBY%2B%2Fexample%3D%3D&X-Amz-Signature=a0d1fe8a8b2ba385973d9764ab57e2ee20b0c7ee7c598177e48474a7d0199b00";

const optionsFor = (more: Partial<EksOptions> = {}): EksOptions => ({
  region: "eu-central-1",
  clusterName: "blue",
  credentials,
  clock: fakeClock(SIGNED_AT),
  version: "1",
  ...more,
});
const sign = (more: Partial<EksOptions> = {}) => tokenSigner(optionsFor(more))();

describe("a token for EKS", () => {
  it("is, byte for byte, the request that the AWS CLI signs, its parameters in the SDK's order", async () => {
    const [before = "", query = ""] = OF_THE_CLI.split("?");
    const url = `${before}?${query.split("&").sort().join("&")}`;
    expect(urlOf((await sign()).token).href).toBe(url);
    expect((await sign()).token).toBe(`k8s-aws-v1.${Buffer.from(url).toString("base64url")}`);
  });

  it.each(["b", "blue", "blue-1", "a-longer-name_2"])(
    "for %s is base64url without padding, whatever its length",
    async (clusterName) => {
      for (const sessionToken of ["t", "tt", "ttt"]) {
        const { token } = await sign({ clusterName, credentials: { ...credentials, sessionToken } });
        expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
      }
    },
  );

  it("is taken by its own cluster, and by no other", async () => {
    const { token } = await sign();
    const verifier = {
      clusterName: "blue",
      hosts: ["sts.eu-central-1.amazonaws.com"],
      principals: [credentials],
      now: () => SIGNED_AT,
    };
    expect(verified(token, verifier)).toBe(credentials);
    expect(() => verified(token, { ...verifier, clusterName: "green" })).toThrow("signature does not match");
    const others = [{ ...credentials, secretAccessKey: "another" }];
    expect(() => verified(token, { ...verifier, principals: others })).toThrow("signature does not match");
  });

  it.each([
    ["us-east-1", "sts.us-east-1.amazonaws.com"],
    ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"],
  ])("in %s is for the STS of that region and partition", async (region, host) => {
    const url = urlOf((await sign({ region })).token);
    expect(url.host).toBe(host);
    expect(url.searchParams.get("X-Amz-Credential")).toBe(`AKIDEXAMPLE/20261122/${region}/sts/aws4_request`);
  });

  it("is for STS's own host, also where EKS itself is asked elsewhere", async () => {
    expect(urlOf((await sign({ endpoint: "http://127.0.0.1:9" })).token).host).toBe(
      "sts.eu-central-1.amazonaws.com",
    );
  });

  it("is signed by the clock that it is given, and is better renewed ten minutes later", async () => {
    const clock = fakeClock(SIGNED_AT + 90 * MINUTE);
    const { token, signedAt, renewAt } = await sign({ clock });
    expect(urlOf(token).searchParams.get("X-Amz-Date")).toBe("20261122T224405Z");
    expect([signedAt, renewAt]).toEqual([clock.now(), clock.now() + 10 * MINUTE]);
  });

  it("ends with the credentials that signed it", async () => {
    const short = { ...credentials, expiration: new Date(SIGNED_AT + 7 * MINUTE) };
    expect((await sign({ credentials: short })).renewAt).toBe(SIGNED_AT + 6 * MINUTE);
  });

  it("is not there without credentials, which is told in one sentence with the cluster's name", async () => {
    const { credentials: _, ...none } = optionsFor();
    const before = { ...process.env };
    // Nowhere to look for some: no files, and no instance that this might run on.
    const nowhere = path.join(tmpdir(), randomUUID());
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    process.env["AWS_EC2_METADATA_DISABLED"] = "true";
    process.env["AWS_CONFIG_FILE"] = nowhere;
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = nowhere;
    try {
      await expect(tokenSigner(none)()).rejects.toMatchObject({
        name: "EksError",
        message: expect.stringMatching(
          /^no token for EKS cluster blue can be signed, .*CredentialsProviderError: [^\n]*$/,
        ),
      });
    } finally {
      process.env = before;
    }
  });
});
