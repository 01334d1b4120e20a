import { afterEach, describe, expect, it } from "@jest/globals";
import { eksAccess } from "../../../src/adapters/eks/access.ts";
import { clusterDescriber } from "../../../src/adapters/eks/describe.ts";
import { openCluster } from "../../../src/adapters/kubernetes/index.ts";
import { type Endpoint, reset, type Script } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { described, ofCluster, refused, startEks } from "./eks.ts";

const ENDPOINT = "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com";
const AUTHORITY = Buffer.from("PEM");
const credentials = { accessKeyId: "AKID", secretAccessKey: "s3cr3t", sessionToken: "t0k3n" };

let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

async function optionsFor(script: Script) {
  const clock = fakeClock();
  endpoint = await startEks(clock.now, script);
  return {
    region: "eu-west-1",
    clusterName: "blue",
    endpoint: endpoint.url,
    credentials,
    clock,
    version: "1",
  };
}
const describing = async (script: Script) => clusterDescriber(await optionsFor(script))();

describe("where EKS says that the cluster is", () => {
  it("is its endpoint with its certificate authority, asked for by its name", async () => {
    expect(await describing(() => ofCluster(ENDPOINT, AUTHORITY))).toEqual({
      endpoint: ENDPOINT,
      certificateAuthorityData: AUTHORITY.toString("base64"),
    });
    expect(endpoint?.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /clusters/blue"]);
  });

  const data = AUTHORITY.toString("base64");
  it.each<[string, Script, string, number]>([
    ["access is denied", () => refused("AccessDeniedException", 403), "AccessDeniedException: words", 1],
    ["there is none", () => refused("ResourceNotFoundException", 404), "ResourceNotFoundException: words", 1],
    ["the service fails", () => refused("ServerException", 500), "ServerException: words", 3],
    [
      "there are too many calls",
      () => refused("TooManyRequestsException", 429),
      "TooManyRequestsException",
      3,
    ],
    ["the connection is reset", () => reset, "ECONNRESET", 3],
    ["it is still being made", () => described({ status: "CREATING" }), "its status is CREATING", 1],
    ["it has no authority", () => described({ endpoint: ENDPOINT }), "no certificate authority", 1],
    ["its authority is empty", () => ofCluster(ENDPOINT, Buffer.from("")), "no certificate authority", 1],
    [
      "it is not https",
      () => described({ endpoint: "http://127.0.0.1:8001", certificateAuthority: { data } }),
      "not https",
      1,
    ],
    ["the answer is somebody else's page", () => ({ body: "<html/>" }), "", 1],
  ])("is told in one sentence with the cluster's name where %s", async (_, script, words, tries) => {
    const error: unknown = await describing(script).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "EksError",
      message: expect.stringMatching(/^EKS cluster blue [^\n]+$/),
    });
    expect(String(error)).toContain(words);
    expect(endpoint?.requests).toHaveLength(tries);
  });

  it("is told so by the cluster's port, without credentials in any of its words", async () => {
    const options = await optionsFor(() => refused("AccessDeniedException", 403, "not you"));
    const { reader } = openCluster({ access: eksAccess(options), clock: options.clock });
    const error: unknown = await reader.clusterUID().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "ClusterError",
      kind: "unreachable",
      cause: { message: "EKS cluster blue can't be described: AccessDeniedException: not you" },
    });
    for (let each = error; each instanceof Error; each = each.cause) {
      const words = `${each.message} ${each.stack} ${JSON.stringify(each)}`;
      for (const secret of ["s3cr3t", "t0k3n", "k8s-aws-v1"]) expect(words).not.toContain(secret);
    }
  });
});
