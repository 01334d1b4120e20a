import { afterEach, describe, expect, test } from "@jest/globals";
import { accessWithToken } from "../../../src/adapters/kubernetes/index.ts";
import { type Exchange, LoopbackServer } from "../../../src/sandbox/http/loopback-server.ts";
import { ApiGateway } from "../../../src/sandbox/peers/api-gateway.ts";

const HOUR = 3_600_000;
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/vpcip-system/leases/one";
const BODY = '{ "kind" : "Lease",  "metadata":{"name":"one"} }';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A gateway an hour ahead, before a server that answers every request with the same body. */
async function gateway(status = 200) {
  const seen: Exchange[] = [];
  const order: string[] = [];
  const server = new LoopbackServer(Date.now, async (exchange) => {
    seen.push(exchange);
    exchange.answer(status, { "content-type": "application/json" }, BODY);
  });
  const url = await server.start();
  ends.push(() => server.stop());
  const front = new ApiGateway({
    access: accessWithToken({ server: url, token: async () => "of-the-administrator" }),
    identities: { "of-collect": { user: "collect", group: "eni-reclaimer:collect" } },
    now: () => Date.now() + HOUR,
    written: (method, { resource }) => order.push(`${method} ${resource?.name}`),
  });
  const own = await front.start();
  ends.push(() => front.stop());
  const ask = async (method: string, token = "of-collect") => {
    const answer = await fetch(`${own}${LEASE}`, { method, headers: { authorization: `Bearer ${token}` } });
    order.push("answered");
    return { date: answer.headers.get("date") ?? "", body: await answer.text() };
  };
  return { ask, seen, order, front };
}

describe("the gateway before a real API server", () => {
  test("moves the Date of an answer, and leaves its body as it is", async () => {
    const { ask } = await gateway();
    const before = Date.now();
    const { date, body } = await ask("GET");
    expect(body).toBe(BODY);
    expect(Date.parse(date)).toBeGreaterThan(before + HOUR - 2_000);
  });

  test("signs who it knows in as himself, and lends the administrator's token to nobody else", async () => {
    const { ask, seen } = await gateway();
    await ask("GET");
    await ask("GET", "of-somebody");
    expect(seen.map(({ request: { headers } }) => headers)).toEqual([
      expect.objectContaining({
        authorization: "Bearer of-the-administrator",
        "impersonate-user": "collect",
        "impersonate-group": "eni-reclaimer:collect",
      }),
      expect.not.objectContaining({ authorization: expect.anything() }),
    ]);
  });

  test("tells of a write before its writer hears of it", async () => {
    const { ask, order } = await gateway();
    await ask("PUT");
    expect(order).toEqual(["PUT one", "answered"]);
  });

  test("tells of no read, and of no write that was refused", async () => {
    const reading = await gateway();
    await reading.ask("GET");
    const refusing = await gateway(409);
    await refusing.ask("PUT");
    expect([...reading.order, ...refusing.order]).toEqual(["answered", "answered"]);
  });

  test("counts the calls of each by verb", async () => {
    const { ask, front } = await gateway();
    await ask("GET");
    await ask("PUT");
    await ask("PUT", "of-somebody");
    expect(front.calls.byVerb({ user: "collect" })).toEqual({ GET: 1, PUT: 1 });
  });
});
