import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openFollowingWire } from "../../../src/adapters/kubernetes/following-wire.ts";
import { accessFromKubeconfig, type KnownAccess } from "../../../src/adapters/kubernetes/index.ts";
import type { Call, Wire } from "../../../src/adapters/kubernetes/wire.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { fakeClock } from "../aws/fake-clock.ts";

const HALF_A_MINUTE = 30_000;
const GET: Call = { method: "GET", path: "/", timeoutMilliseconds: 10_000 };
const PUT: Call = { ...GET, method: "PUT", body: {} };

let servers: Server[] = [];
let wire: Wire | undefined;
afterEach(() => {
  wire?.close();
  for (const server of servers) end(server);
  servers = [];
});

const end = (server: Server): void => {
  server.closeAllConnections();
  server.close();
};

interface ApiServer {
  readonly url: string;
  /** Requests, each as its method and its token. */
  readonly asked: string[];
  stop(): void;
}

/** Answers with this status; drops the connection where it is "drop". */
async function apiServer(reaction: number | "drop"): Promise<ApiServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.authorization?.replace("Bearer ", "")}`);
    if (reaction === "drop") response.socket?.resetAndDestroy();
    else response.writeHead(reaction).end("{}");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => end(server),
  };
}

const wayTo = ({ url }: ApiServer, token = "t"): KnownAccess => ({
  access: accessFromKubeconfig(kubeconfigOf(url, token)),
  version: `${url} ${token}`,
});

/** A wire to where these say, one after the other; the last one stays. */
function following(...ways: (KnownAccess | Error)[]) {
  const clock = fakeClock();
  let reads = 0;
  wire = openFollowingWire(
    async () => {
      reads += 1;
      const way = (ways.length > 1 ? ways.shift() : ways[0]) ?? new Error("the test says nothing");
      if (way instanceof Error) throw way;
      return way;
    },
    { userAgent: "test", now: clock.now },
  );
  return { wire, clock, reads: () => reads };
}

describe("a wire to where somebody says that the API server is", () => {
  it("asks for that once, when the first calls are sent", async () => {
    const server = await apiServer(200);
    const { wire, reads } = following(wayTo(server));
    expect(reads()).toBe(0);
    await Promise.all([wire.send(GET), wire.send(GET), wire.send(GET)]);
    await wire.send(GET);
    expect(reads()).toBe(1);
    expect(server.asked).toHaveLength(4);
  });

  it("says why where it can't be had, sends nothing, and asks again at the next call", async () => {
    const server = await apiServer(200);
    const { wire } = following(new Error("access is denied"), wayTo(server));
    await expect(wire.send(PUT)).rejects.toMatchObject({
      message: "where the API server is could not be had",
      sent: false,
      cause: { message: "access is denied" },
    });
    expect((await wire.send(PUT)).status).toBe(200);
  });

  it.each([GET, PUT])("takes the other way where nobody is there any more: $method", async (call) => {
    const [old, now] = [await apiServer(200), await apiServer(200)];
    const { wire, clock, reads } = following(wayTo(old), wayTo(now));
    await wire.send(call);
    old.stop();
    clock.advance(HALF_A_MINUTE);
    // On kept connections that were closed meanwhile the first failure says nothing.
    await wire.send(GET).catch(() => undefined);
    expect((await wire.send(call)).status).toBe(200);
    expect(now.asked.at(-1)).toBe(`${call.method} t`);
    expect(reads()).toBe(2);
  });

  it("asks once where all fail together", async () => {
    const [old, now] = [await apiServer(200), await apiServer(200)];
    const { wire, clock, reads } = following(wayTo(old), wayTo(now));
    old.stop();
    await expect(wire.send(GET)).rejects.toMatchObject({ sent: false });
    clock.advance(HALF_A_MINUTE);
    const answers = await Promise.all([wire.send(GET), wire.send(GET), wire.send(GET)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(reads()).toBe(2);
  });

  it("keeps to what it knows for half a minute, and where it hears the same again", async () => {
    const server = await apiServer(200);
    const { wire, clock, reads } = following(wayTo(server));
    await wire.send(GET);
    server.stop();
    clock.advance(HALF_A_MINUTE - 1);
    // The first one may be a kept connection's.
    await wire.send(GET).catch(() => undefined);
    await expect(wire.send(GET)).rejects.toMatchObject({ sent: false });
    expect(reads()).toBe(1);
    clock.advance(1);
    await expect(wire.send(GET)).rejects.toMatchObject({ message: "the API server did not answer" });
    await expect(wire.send(GET)).rejects.toMatchObject({ message: "the API server did not answer" });
    expect(reads()).toBe(2);
  });

  it("tells both where nobody is there and it can't be had where it is now", async () => {
    const server = await apiServer(200);
    const { wire, clock } = following(wayTo(server), new Error("no such cluster"));
    server.stop();
    await expect(wire.send(GET)).rejects.toMatchObject({ sent: false });
    clock.advance(HALF_A_MINUTE);
    await expect(wire.send(GET)).rejects.toMatchObject({
      message: expect.stringMatching(/ECONNREFUSED.*where it is now could not be had/),
      cause: { message: "no such cluster" },
    });
  });

  it("never sends again what may have arrived", async () => {
    const [old, now] = [await apiServer("drop"), await apiServer(200)];
    const { wire, clock, reads } = following(wayTo(old), wayTo(now));
    await expect(wire.send(PUT)).rejects.toMatchObject({ sent: true });
    clock.advance(HALF_A_MINUTE);
    await expect(wire.send(PUT)).rejects.toMatchObject({ sent: true });
    expect(reads()).toBe(1);
    expect(now.asked).toEqual([]);
  });

  it("signs in anew where the server doesn't know it any more, once", async () => {
    const [old, now] = [await apiServer(401), await apiServer(200)];
    const { wire, clock, reads } = following(wayTo(old, "old"), wayTo(now, "new"));
    expect((await wire.send(PUT)).status).toBe(401);
    clock.advance(HALF_A_MINUTE);
    expect((await wire.send(PUT)).status).toBe(200);
    expect(now.asked).toEqual(["PUT new"]);
    expect(reads()).toBe(2);
  });

  it("leaves a refusal as it is: where the same is heard again, where nothing is, and where it is about rights", async () => {
    const unknown = await apiServer(401);
    const same = following(wayTo(unknown));
    await same.wire.send(GET);
    same.clock.advance(HALF_A_MINUTE);
    expect((await same.wire.send(GET)).status).toBe(401);
    expect(unknown.asked).toHaveLength(2);
    const nothing = following(wayTo(unknown), new Error("access is denied"));
    await nothing.wire.send(GET);
    nothing.clock.advance(HALF_A_MINUTE);
    expect((await nothing.wire.send(GET)).status).toBe(401);
    const forbidden = following(wayTo(await apiServer(403)), wayTo(await apiServer(200)));
    await forbidden.wire.send(GET);
    forbidden.clock.advance(HALF_A_MINUTE);
    expect((await forbidden.wire.send(GET)).status).toBe(403);
  });

  it("doesn't ask where the server is because there are no credentials", async () => {
    const server = await apiServer(200);
    const way = wayTo(server);
    const credentials = () => Promise.reject(new Error("no token"));
    const { wire, clock, reads } = following({ ...way, access: { ...way.access, credentials } });
    await expect(wire.send(GET)).rejects.toMatchObject({ cause: { message: "no token" } });
    clock.advance(HALF_A_MINUTE);
    await expect(wire.send(GET)).rejects.toMatchObject({ cause: { message: "no token" } });
    expect(reads()).toBe(1);
  });
});
