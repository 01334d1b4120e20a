import { describe, expect, test } from "@jest/globals";
import type { WatchEvent } from "../../../src/sandbox/kubernetes/index.ts";
import { maps, merge, world } from "./builders.ts";

describe("time and history of the Kubernetes simulator", () => {
  const named = (name: string) => ({ metadata: { name } });
  const names = (body: { items: { metadata: { name: string } }[] }): string[] =>
    body.items.map((item) => item.metadata.name);

  test("timestamps and the Date header come from the given clock", () => {
    const { call, pass } = world();
    pass(61_000);
    const { body, headers } = call("POST", maps, named("a"));
    expect(body).toMatchObject({ metadata: { creationTimestamp: "2026-06-01T12:01:01Z" } });
    expect(headers["date"]).toBe("Mon, 01 Jun 2026 12:01:01 GMT");
  });

  test("the same seed and the same calls give the same objects", () => {
    const run = () => {
      const { call, simulator } = world();
      for (let index = 0; index < 5; index++) call("POST", maps, { metadata: { generateName: "g-" } });
      return simulator.snapshot();
    };
    expect(run()).toEqual(run());
  });

  test("a continue token lives five minutes after a later write and then is 410", () => {
    const { body, call, pass } = world();
    for (const name of ["a", "b", "c"]) call("POST", maps, named(name));
    const token = body("GET", `${maps}?limit=1`).metadata.continue;
    call("DELETE", `${maps}/b`);
    pass(299_000);
    expect(names(body("GET", `${maps}?continue=${token}`))).toEqual(["b", "c"]);
    pass(2_000);
    expect(call("GET", `${maps}?continue=${token}`).status).toBe(410);
  });

  test("a continue token stays good for ever while nothing is written", () => {
    const { body, call, pass } = world();
    for (const name of ["a", "b"]) call("POST", maps, named(name));
    const token = body("GET", `${maps}?limit=1`).metadata.continue;
    pass(86_400_000);
    expect(names(body("GET", `${maps}?continue=${token}`))).toEqual(["b"]);
  });

  test("a watch from before compaction gets one ERROR event, 410 Expired, and ends", () => {
    const { call, simulator } = world();
    call("POST", maps, named("a"));
    simulator.compact();
    const events: WatchEvent[] = [];
    let ended = 0;
    const answer = call("GET", `${maps}?watch=1&resourceVersion=2`);
    answer.watch?.start({ event: (event) => events.push(event), end: () => ended++ });
    expect(events).toEqual([
      {
        type: "ERROR",
        object: expect.objectContaining({
          reason: "Expired",
          code: 410,
          message: `too old resource version: 2 (${simulator.revision})`,
        }),
      },
    ]);
    expect(ended).toBe(1);
  });

  test("H06 a list of any version (0) may be old, a plain list never is", () => {
    const { body, call, pass, simulator } = world();
    call("POST", maps, named("old"));
    pass(60_000);
    call("POST", maps, named("new"));
    simulator.staleness = { anyLagMs: 30_000, allLagMs: 0 };
    expect(names(body("GET", `${maps}?resourceVersion=0`))).toEqual(["old"]);
    expect(names(body("GET", maps))).toEqual(["new", "old"]);
    expect(call("GET", `${maps}/new?resourceVersion=0`).status).toBe(404);
    expect(call("GET", `${maps}/new`).status).toBe(200);
  });

  test("a lag of all reads, a fault, shows the old list and says so in its resourceVersion", () => {
    const { body, call, pass, simulator } = world();
    call("POST", maps, named("a"));
    const { revision } = simulator;
    pass(60_000);
    call("PATCH", `${maps}/a`, { data: { a: "1" } }, merge);
    simulator.staleness = { anyLagMs: 0, allLagMs: 30_000 };
    const list = body("GET", maps);
    expect([list.metadata.resourceVersion, list.items[0].data]).toEqual([String(revision), undefined]);
  });

  test("memory is bounded: old versions go, whatever their age", () => {
    const { body, call } = world({ historyRevisions: 10 });
    call("POST", maps, named("a"));
    const token = body("GET", `${maps}?limit=1`).metadata.resourceVersion;
    for (let index = 0; index < 20; index++)
      call("PATCH", `${maps}/a`, { data: { n: String(index) } }, merge);
    expect(call("GET", `${maps}?resourceVersion=${token}&resourceVersionMatch=Exact`).status).toBe(410);
  });
});
