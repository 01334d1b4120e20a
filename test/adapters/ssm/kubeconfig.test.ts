import { afterEach, describe, expect, it } from "@jest/globals";
import { accessFromKubeconfigParameter } from "../../../src/adapters/ssm/kubeconfig.ts";
import { Ssm, SsmFront } from "../../../src/sandbox/ssm/index.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { type Answer, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";

const NAME = "/eni-reclaimer/blue/kubeconfig";
const SECRET = "s3cr3t-token";
const KUBECONFIG = kubeconfigOf("https://one.example", SECRET);

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

const readFrom = (endpoint: string) =>
  accessFromKubeconfigParameter({
    region: "eu-west-1",
    endpoint,
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    clock: fakeClock(),
    version: "1",
    parameterName: NAME,
  });

async function parameterStore() {
  const { now } = fakeClock();
  const ssm = new Ssm({ clock: now });
  const front = new SsmFront({ ssm, clock: now });
  stop = () => front.stop();
  return { ssm, read: readFrom(await front.start()) };
}

async function answering(script: Script) {
  const endpoint = await startEndpoint(fakeClock().now, script);
  stop = () => endpoint.stop();
  return { read: readFrom(endpoint.url), requests: endpoint.requests };
}

const answer = (body: object, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(body),
});

describe("a kubeconfig in Parameter Store", () => {
  it("is read decrypted, and leads to its cluster", async () => {
    const { ssm, read } = await parameterStore();
    ssm.put({ name: NAME, value: KUBECONFIG, type: "SecureString" });
    const { access } = await read();
    expect(access.server.href).toBe("https://one.example/");
    expect(await access.credentials()).toEqual({ headers: { authorization: `Bearer ${SECRET}` } });
  });

  it("is another version once it was changed, and the same one until then", async () => {
    const { ssm, read } = await parameterStore();
    ssm.put({ name: NAME, value: KUBECONFIG, type: "SecureString" });
    const versions = [await read(), await read()];
    ssm.put({ name: NAME, value: KUBECONFIG, overwrite: true });
    versions.push(await read());
    const [one, same, other] = versions.map(({ version }) => version);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it("is asked for by its name alone", async () => {
    const { read, requests } = await answering(() =>
      answer({ Parameter: { Type: "SecureString", Value: KUBECONFIG, Version: 1 } }),
    );
    await read();
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual([{ Name: NAME, WithDecryption: true }]);
  });

  it.each([
    ["that anybody may read", KUBECONFIG, "String", /is of type String: .* has to be a SecureString$/],
    ["that is no YAML", `users: [\n - token: ${SECRET}\n   broken`, "SecureString", /is not YAML: line \d/],
    ["with an alias to nothing", `users: *${SECRET}`, "SecureString", /can't be used/],
    ["of no cluster", JSON.stringify({ token: SECRET }), "SecureString", /can't be used: .*no context/],
  ] as const)("%s is refused in one sentence that doesn't show it", async (_, value, type, message) => {
    const { ssm, read } = await parameterStore();
    ssm.put({ name: NAME, value, type });
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "KubeconfigParameterError" });
    const { message: words } = error as Error;
    expect(words).toMatch(/^the kubeconfig in SSM parameter \/eni-reclaimer\/blue\/kubeconfig [^\n]+$/);
    expect(words).toMatch(message);
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      expect(`${each.message} ${each.stack} ${JSON.stringify(each)}`).not.toContain(SECRET);
  });

  it.each<[string, Script, number]>([
    ["access is denied", () => answer({ __type: "AccessDeniedException", message: "not you" }, 400), 1],
    ["there is none", () => answer({ __type: "ParameterNotFound" }, 400), 1],
    ["its key may not be used", () => answer({ __type: "InvalidKeyId", message: "no" }, 400), 1],
    ["the answer holds no value", () => answer({ Parameter: {} }), 1],
    ["the service fails", () => answer({ __type: "InternalServerError" }, 500), 3],
    ["the connection is reset", () => reset, 3],
  ])("is told in one sentence where %s", async (_, script, tries) => {
    const { read, requests } = await answering(script);
    await expect(read()).rejects.toMatchObject({
      name: "KubeconfigParameterError",
      message: expect.stringMatching(/^the kubeconfig in SSM parameter \S+ can't be read: [^\n]+$/),
    });
    expect(requests).toHaveLength(tries);
  });
});
