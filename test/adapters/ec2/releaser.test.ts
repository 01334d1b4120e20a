import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createCloudReleaser } from "../../../src/adapters/ec2/releaser.ts";
import type { ServerTime } from "../../../src/adapters/ec2/server-time.ts";
import { type Address, parseAddress, parsePrefix } from "../../../src/domain/address.ts";
import { type Endpoint, hang, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { accessTo } from "./access.ts";
import { failure, response } from "./ec2-xml.ts";

const REQUEST_TIMEOUT = 5_000;
/** For answers that never come. */
const SHORT_TIMEOUT = 250;
const MARGIN = 1_500;
const X = parseAddress("10.0.0.5") as Address;
const NEAR: ServerTime = { observe: () => undefined, isNearOwn: () => true };

let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

async function releaser(
  script: Script,
  more: {
    serverTime?: ServerTime;
    run?: () => string;
    url?: string;
    serverAhead?: number;
    timeout?: number;
  } = {},
) {
  const clock = fakeClock();
  endpoint = await startEndpoint(() => clock.now() + (more.serverAhead ?? 0), script);
  const ports = createCloudReleaser({
    ...accessTo(more.url ?? endpoint.url, clock),
    ...(more.run === undefined ? {} : { run: more.run }),
    serverTime: more.serverTime ?? NEAR,
    requestTimeoutMilliseconds: more.timeout ?? REQUEST_TIMEOUT,
    marginMilliseconds: MARGIN,
  });
  const unassign = (notAfter = clock.now() + 30_000) =>
    ports.unassign({ interfaceID: "eni-1", addresses: [X], prefixes: [], notAfter });
  return { ports, clock, unassign, requests: endpoint.requests };
}

const unassigned: Script = () => response("UnassignPrivateIpAddresses", "<return>true</return>");

describe("CloudReleaser", () => {
  it("asks EC2 to unassign the addresses, once, and tells its request ID", async () => {
    const { ports, clock, requests } = await releaser(unassigned);
    const addresses = [X, parseAddress("10.0.0.6") as Address];
    const answer = await ports.unassign({
      interfaceID: "eni-1",
      addresses,
      prefixes: [],
      notAfter: clock.now() + 30_000,
    });
    expect(answer).toEqual({ kind: "done", requestID: "request-1" });
    expect(requests.map(({ form }) => Object.fromEntries(form))).toEqual([
      {
        Action: "UnassignPrivateIpAddresses",
        Version: "2016-11-15",
        NetworkInterfaceId: "eni-1",
        "PrivateIpAddress.1": "10.0.0.5",
        "PrivateIpAddress.2": "10.0.0.6",
      },
    ]);
  });

  it("asks EC2 to unassign prefixes", async () => {
    const { ports, clock, requests } = await releaser(unassigned);
    const prefixes = [parsePrefix("10.0.0.16/28")!];
    await ports.unassign({ interfaceID: "eni-1", addresses: [], prefixes, notAfter: clock.now() + 30_000 });
    expect(requests[0]?.form.get("Ipv4Prefix.1")).toBe("10.0.0.16/28");
    expect(requests[0]?.form.has("PrivateIpAddress.1")).toBe(false);
  });

  it("asks EC2 to delete an interface", async () => {
    const { ports, clock, requests } = await releaser(() =>
      response("DeleteNetworkInterface", "<return>true</return>"),
    );
    const answer = await ports.deleteInterface({ interfaceID: "eni-9", notAfter: clock.now() + 30_000 });
    expect(answer).toMatchObject({ kind: "done" });
    expect(requests[0]?.form.get("Action")).toBe("DeleteNetworkInterface");
    expect(requests[0]?.form.get("NetworkInterfaceId")).toBe("eni-9");
  });

  it("keeps addresses and prefixes in requests of their own", async () => {
    const { ports, clock, requests } = await releaser(unassigned);
    const notAfter = clock.now() + 30_000;
    const prefixes = [parsePrefix("10.0.0.16/28")!];
    await expect(
      ports.unassign({ interfaceID: "eni-1", addresses: [X], prefixes, notAfter }),
    ).rejects.toThrow(RangeError);
    await expect(
      ports.unassign({ interfaceID: "eni-1", addresses: [], prefixes: [], notAfter }),
    ).rejects.toThrow(RangeError);
    expect(requests).toEqual([]);
  });

  it("H60 never asks for a reassignment", async () => {
    const { unassign, requests } = await releaser(unassigned);
    await unassign();
    expect(requests[0]?.body.toLowerCase()).not.toContain("reassign");
  });

  it("tells its version and run in the user agent", async () => {
    const { unassign, requests } = await releaser(unassigned);
    await unassign();
    expect(requests[0]?.headers["user-agent"]).toMatch(/(^| )eni-reclaimer\/1\.2\.3( |$)/);
    expect(requests[0]?.headers["user-agent"]).toMatch(/(^| )run\/run-7( |$)/);
  });

  describe("the deadline", () => {
    it("sends what will be over just in time", async () => {
      const { clock, unassign, requests } = await releaser(unassigned);
      expect(await unassign(clock.now() + REQUEST_TIMEOUT + MARGIN)).toMatchObject({ kind: "done" });
      expect(requests).toHaveLength(1);
    });

    it("H22 keeps a request back that could end after its deadline", async () => {
      const { clock, unassign, requests } = await releaser(unassigned);
      expect(await unassign(clock.now() + REQUEST_TIMEOUT + MARGIN - 1)).toEqual({
        kind: "not-sent",
        why: "deadline",
      });
      expect(requests).toEqual([]);
    });

    it("H67 keeps a request back that is signed with a fresh date after a freeze", async () => {
      const frozen = { wake: (): void => undefined };
      // The run is asked for before signing: the function is frozen there.
      const { clock, unassign, requests } = await releaser(unassigned, {
        run: () => {
          frozen.wake();
          return "run-7";
        },
      });
      frozen.wake = () => clock.advance(3_600_000);
      expect(await unassign()).toEqual({ kind: "not-sent", why: "deadline" });
      expect(requests).toEqual([]);
    });

    it.each([
      ["H67 right after signing", 2],
      ["H31 between signing and the first byte", 3],
    ])("%s: keeps a request back after a freeze", async (_, look) => {
      const looks = { count: 0, wake: (): void => undefined };
      const serverTime: ServerTime = {
        observe: () => undefined,
        isNearOwn: () => {
          looks.count += 1;
          if (looks.count === look) looks.wake();
          return true;
        },
      };
      const { clock, unassign, requests } = await releaser(unassigned, { serverTime });
      looks.wake = () => clock.advance(3_600_000);
      expect(await unassign()).toEqual({ kind: "not-sent", why: "deadline" });
      expect(looks.count).toBe(look);
      expect(requests).toEqual([]);
    });

    it("H32 keeps a request back whose signature is too late, whatever own time says now", async () => {
      const hooks = { count: 0, sign: (): void => undefined, signed: (): void => undefined };
      const serverTime: ServerTime = {
        observe: () => undefined,
        isNearOwn: () => {
          hooks.count += 1;
          if (hooks.count === 2) hooks.signed();
          return true;
        },
      };
      const run = () => {
        hooks.sign();
        return "run-7";
      };
      const { clock, unassign, requests } = await releaser(unassigned, { serverTime, run });
      const start = clock.now();
      // The clock is an hour ahead while the request is signed, and is put right afterwards.
      hooks.sign = () => clock.set(start + 3_600_000);
      hooks.signed = () => clock.set(start);
      expect(await unassign(start + 30_000)).toEqual({ kind: "not-sent", why: "deadline" });
      expect(requests).toEqual([]);
    });

    it("signs with own time, wherever EC2's Date stands", async () => {
      const { clock, unassign, requests } = await releaser(unassigned, { serverAhead: 7_200_000 });
      for (let call = 0; call < 3; call += 1) {
        await unassign();
        clock.advance(1_000);
      }
      expect(requests.map(({ headers }) => headers["x-amz-date"])).toEqual([
        "20310506T070809Z",
        "20310506T070810Z",
        "20310506T070811Z",
      ]);
    });
  });

  describe("own time and EC2's", () => {
    it("H32 keeps a request back while own time may be far from EC2's", async () => {
      const { unassign, requests } = await releaser(unassigned, {
        serverTime: { observe: () => undefined, isNearOwn: () => false },
      });
      expect(await unassign()).toEqual({ kind: "not-sent", why: "clock-skew" });
      expect(requests).toEqual([]);
    });
  });

  describe("one request, one answer", () => {
    it.each([
      ["RequestLimitExceeded", 503, { kind: "throttled", code: "RequestLimitExceeded" }],
      ["UnauthorizedOperation", 403, { kind: "forbidden", code: "UnauthorizedOperation", message: "words" }],
      [
        "InvalidNetworkInterfaceID.NotFound",
        400,
        { kind: "gone", code: "InvalidNetworkInterfaceID.NotFound", requestID: "request-1" },
      ],
      [
        "InvalidParameterValue",
        400,
        { kind: "refused", code: "InvalidParameterValue", message: "words", requestID: "request-1" },
      ],
    ])("tells %s as EC2's clear answer", async (code, status, answer) => {
      const { unassign, requests } = await releaser(() => failure(code, status));
      expect(await unassign()).toEqual(answer);
      expect(requests).toHaveLength(1);
    });

    it.each<[string, Script]>([
      ["an internal error", () => failure("InternalError", 500)],
      ["an unavailable service", () => failure("Unavailable", 503)],
      ["a reset connection", () => reset],
      ["no answer in time", () => hang],
      [
        "an answer cut off",
        () => (out) => {
          out.writeHead(200, { "content-length": "1000" });
          out.write("<Unassign", () => out.destroy());
        },
      ],
      [
        "an answer without end",
        () => (out) => {
          out.writeHead(200);
          out.write("<Unassign");
        },
      ],
      ["somebody else's page", () => ({ body: "<html><body>login</body></html>" })],
      ["an empty answer", () => ({ body: "" })],
      ["no XML", () => ({ body: "true" })],
      ["return false", () => response("UnassignPrivateIpAddresses", "<return>false</return>")],
      ["another action's answer", () => response("AssignPrivateIpAddresses", "<return>true</return>")],
      ["H05 a bare 404", () => ({ status: 404, body: "" })],
      ["a redirect", () => ({ status: 302, headers: { location: "http://127.0.0.1:1/" } })],
      ["a gateway's 502", () => ({ status: 502, body: "<html/>" })],
    ])("H22 is not clear about %s, and doesn't send again", async (_, script) => {
      const { unassign, requests } = await releaser(script, { timeout: SHORT_TIMEOUT });
      expect(await unassign()).toMatchObject({ kind: "unclear" });
      expect(requests).toHaveLength(1);
    });

    it("is sure that nothing was sent where nobody listens", async () => {
      const closed = await startEndpoint(() => 0, unassigned);
      await closed.stop();
      const { unassign } = await releaser(unassigned, { url: closed.url });
      expect(await unassign()).toMatchObject({
        kind: "not-sent",
        why: "unreachable",
        cause: { code: "ECONNREFUSED" },
      });
    });

    it("is sure that nothing was sent where the secure connection never comes about", async () => {
      const silent = createServer((socket) => socket.on("error", () => undefined));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = silent.address() as { port: number };
      const { unassign } = await releaser(unassigned, {
        url: `https://127.0.0.1:${port}`,
        timeout: SHORT_TIMEOUT,
      });
      expect(await unassign()).toMatchObject({ kind: "not-sent", why: "unreachable" });
      silent.close();
    });
  });
});
