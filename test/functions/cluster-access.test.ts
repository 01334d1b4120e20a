import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Environment, readConfig } from "../../functions/config.ts";
import { clusterAccess } from "../../functions/wiring/cluster-access.ts";
import { collectFunction } from "../../functions/wiring/collect.ts";
import { type Answer, type Endpoint, type Script, startEndpoint } from "../adapters/aws/endpoint.ts";
import { fakeClock } from "../adapters/aws/fake-clock.ts";
import { ofCluster, refused } from "../adapters/eks/eks.ts";
import { kubeconfigOf } from "../kubeconfig.ts";

const SECRETS = ["s3cr3t-key", "s3cr3t-session", "k8s-aws-v1"];

let folder: string;
let aws: Endpoint | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cluster-access-"));
});
afterEach(async () => {
  await aws?.stop();
  aws = undefined;
  rmSync(folder, { recursive: true });
});

/** The environment of a function whose AWS is this script. */
async function environmentOf(script: Script, more: Environment): Promise<Environment> {
  aws = await startEndpoint(() => Date.now(), script);
  return {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "s3cr3t-key",
    AWS_SESSION_TOKEN: "s3cr3t-session",
    AWS_ENDPOINT_URL: `${aws.url}/other`,
    AWS_ENDPOINT_URL_EKS: `${aws.url}/eks`,
    AWS_ENDPOINT_URL_SSM: `${aws.url}/ssm`,
    RECLAIMER_CLUSTER_NAME: "blue",
    RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
    RECLAIMER_QUEUE_URL: `${aws.url}/queue`,
    RECLAIMER_MIRROR_PARAMETER: "/mirror",
    ...more,
  };
}

/** The access that a function has with this AWS and this way to the cluster. */
async function accessOf(script: Script, more: Environment) {
  const access = clusterAccess(readConfig(await environmentOf(script, more)), fakeClock());
  return typeof access === "function" ? (await access()).access : access;
}

const json = (body: object): Answer => ({
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(body),
});

describe("a function", () => {
  test("asks EKS for its cluster and signs its own tokens", async () => {
    const access = await accessOf(() => ofCluster("https://one.example", Buffer.from("PEM")), {
      RECLAIMER_EKS_CLUSTER: "blue",
    });
    expect(aws?.requests.map(({ path: asked }) => asked)).toEqual(["/eks/clusters/blue"]);
    expect([access.server.href, String(access.trust.certificateAuthority)]).toEqual([
      "https://one.example/",
      "PEM",
    ]);
    expect((await access.credentials()).headers["authorization"]).toMatch(/^Bearer k8s-aws-v1\./);
  });

  test("takes the kubeconfig of an SSM parameter", async () => {
    const value = kubeconfigOf("https://two.example", "t");
    const parameter = { Type: "SecureString", Value: value, Version: 1 };
    const access = await accessOf(() => json({ Parameter: parameter }), {
      RECLAIMER_KUBECONFIG_PARAMETER: "/blue/kubeconfig",
    });
    expect(aws?.requests.map(({ path: asked, body }) => [asked, JSON.parse(body).Name])).toEqual([
      ["/ssm/", "/blue/kubeconfig"],
    ]);
    expect(access.server.href).toBe("https://two.example/");
  });

  test("takes the kubeconfig of a file, and asks nobody", async () => {
    const kubeconfig = path.join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubeconfigOf("https://three.example", "t"));
    const access = await accessOf(() => refused("AccessDeniedException", 403), {
      RECLAIMER_KUBECONFIG: kubeconfig,
    });
    expect(access.server.href).toBe("https://three.example/");
    expect(aws?.requests).toEqual([]);
  });

  test("tells in its log why there is no way to its cluster, and no secret", async () => {
    const lines: string[] = [];
    const environment = await environmentOf(
      ({ path: asked }) =>
        asked.startsWith("/eks/")
          ? refused("AccessDeniedException", 403, "not you")
          : { ...json({ __type: "ParameterNotFound" }), status: 400 },
      { RECLAIMER_EKS_CLUSTER: "blue" },
    );
    const collect = collectFunction(environment, { clock: fakeClock(), write: (line) => lines.push(line) });
    await expect(collect({ kind: "leaks" })).rejects.toThrow();
    expect(lines.join("\n")).toContain("EKS cluster blue can't be described: AccessDeniedException: not you");
    for (const secret of SECRETS) expect(lines.join("\n")).not.toContain(secret);
  });
});
