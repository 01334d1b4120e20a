import { afterEach, describe, expect, it } from "@jest/globals";
import { createMirror } from "../../../src/adapters/ssm/mirror.ts";
import { Ssm, SsmFront } from "../../../src/sandbox/ssm/index.ts";
import { type Answer, type Endpoint, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { describeMirror, STATE } from "./mirror-contract.ts";

const NAME = "/eni-reclaimer/test";
const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };

describeMirror("SSM", async () => {
  const clock = fakeClock();
  const ssm = new Ssm({ clock: clock.now });
  const front = new SsmFront({ ssm, clock: clock.now });
  const endpoint = await front.start();
  return {
    mirror: createMirror({
      region: "eu-west-1",
      endpoint,
      credentials,
      clock,
      version: "1",
      parameterName: NAME,
    }),
    put: async (value) => void ssm.put({ name: NAME, value, type: "String" }),
    stop: () => front.stop(),
  };
});

describe("SSM failures", () => {
  let endpoint: Endpoint | undefined;
  afterEach(async () => {
    await endpoint?.stop();
    endpoint = undefined;
  });

  async function mirrorOf(script: Script) {
    const clock = fakeClock();
    endpoint = await startEndpoint(clock.now, script);
    const mirror = createMirror({
      region: "eu-west-1",
      endpoint: endpoint.url,
      credentials,
      clock,
      version: "1",
      parameterName: NAME,
    });
    return { mirror, clock, requests: endpoint.requests };
  }

  const answer = (body: object, status = 200): Answer => ({
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify(body),
  });

  it("asks for the one parameter, and overwrites it", async () => {
    const { mirror, requests } = await mirrorOf(() => answer({ Version: 1 }));
    expect(await mirror.write(STATE, 0)).toBe(true);
    expect(JSON.parse(requests[0]!.body)).toEqual({
      Name: NAME,
      Type: "String",
      Value: JSON.stringify({ ...STATE, follows: 0 }),
      Overwrite: true,
    });
  });

  it.each<[string, Script, number]>([
    ["access is denied", () => answer({ __type: "AccessDeniedException", message: "words" }, 400), 1],
    ["the version is not found", () => answer({ __type: "ParameterVersionNotFound" }, 400), 1],
    ["the endpoint answers 404", () => ({ status: 404, body: "" }), 1],
    ["the answer holds no value", () => answer({ Parameter: {} }), 1],
    ["the answer is somebody else's page", () => ({ body: "<html/>" }), 1],
    ["the service fails", () => answer({ __type: "InternalServerError" }, 500), 3],
    ["the connection is reset", () => reset, 3],
    ["there are too many calls", () => answer({ __type: "ThrottlingException" }, 400), 3],
  ])("H05 throws where %s, and never calls it a new install", async (_, script, tries) => {
    const { mirror, requests } = await mirrorOf(script);
    await expect(mirror.read()).rejects.toMatchObject({ name: "MirrorError" });
    expect(requests).toHaveLength(tries);
  });

  it("goes on after a failure that passes", async () => {
    const { mirror } = await mirrorOf((_, index) =>
      index === 0 ? answer({ __type: "TooManyUpdates" }, 400) : answer({ Version: 2 }),
    );
    await expect(mirror.write(STATE, 1)).resolves.toBe(true);
  });

  const overtaken = (version: number): Answer =>
    answer({ Parameter: { Value: JSON.stringify({ ...STATE, follows: 0 }), Version: version } });

  it("H05 throws where what was overtaken can't be looked through: the version before is gone", async () => {
    const { mirror, requests } = await mirrorOf((_, index) =>
      index === 0 ? overtaken(9) : answer({ __type: "ParameterVersionNotFound" }, 400),
    );
    await expect(mirror.read()).rejects.toMatchObject({ name: "MirrorError" });
    expect(requests.map(({ body }) => JSON.parse(body).Name)).toEqual([NAME, `${NAME}:8`]);
  });

  it("gives up after 50 overtaken writes in a row", async () => {
    const { mirror, requests } = await mirrorOf((_, index) => overtaken(99 - index));
    await expect(mirror.read()).rejects.toThrow("more than 50 writes in a row were overtaken");
    expect(requests).toHaveLength(52);
  });

  it("throws where it can't be written", async () => {
    const { mirror } = await mirrorOf(() => answer({ __type: "AccessDeniedException" }, 400));
    await expect(mirror.write(STATE, 0)).rejects.toMatchObject({ name: "MirrorError" });
  });
});
