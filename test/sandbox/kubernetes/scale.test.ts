import { describe, expect, test } from "@jest/globals";
import fc from "../../property.ts";
import { maps, merge, world } from "./builders.ts";

describe("the Kubernetes simulator with many objects", () => {
  const pods = Array.from({ length: 25_000 }, (_, index) => ({
    metadata: { name: `p-${index}`, namespace: "default", labels: { app: `a-${index % 50}` } },
    spec: { nodeName: `node-${index % 500}`, containers: [{ name: "c", image: "i" }] },
    status: { phase: "Running", podIP: `10.0.${index >> 8}.${index & 255}` },
  }));

  test("25,000 seeded Pods are all found in pages of 500, each once", () => {
    const { body, simulator } = world();
    simulator.seed("pods", pods);
    const seen = new Set<string>();
    let token = "";
    let pages = 0;
    do {
      const page = body("GET", `/api/v1/pods?limit=500${token === "" ? "" : `&continue=${token}`}`);
      for (const item of page.items) seen.add(item.metadata.name);
      token = page.metadata.continue ?? "";
      pages++;
      expect(page.metadata.remainingItemCount ?? 0).toBe(25_000 - pages * 500);
    } while (token !== "");
    expect([pages, seen.size]).toEqual([50, 25_000]);
  });

  test("a field selector finds the Pods of one node", () => {
    const { body, simulator } = world();
    simulator.seed("pods", pods);
    expect(body("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-7").items).toHaveLength(50);
  });
});

interface Meta {
  readonly name: string;
}
interface Item {
  readonly metadata: Meta;
}

describe("pages against an oracle", () => {
  const name = fc.constantFrom("a", "a-b", "a.b", "b", "b1", "c", "d");
  const step = fc.oneof(
    fc.record({ do: fc.constant("put" as const), name }),
    fc.record({ do: fc.constant("delete" as const), name }),
    fc.record({ do: fc.constant("compact" as const), name }),
  );

  test("a list in pages is the list at its first page, whatever is written in between", () => {
    fc.assert(
      fc.property(
        fc.array(step),
        fc.array(step),
        fc.integer({ min: 1, max: 3 }),
        (before, between, limit) => {
          const { body, call, simulator } = world();
          const act = (steps: typeof before, mayCompact: boolean) => {
            for (const { do: what, name: target } of steps) {
              if (what === "delete") call("DELETE", `${maps}/${target}`);
              else if (what === "compact") mayCompact && simulator.compact();
              else if (call("POST", maps, { metadata: { name: target } }).status === 409) {
                call("PATCH", `${maps}/${target}`, { data: { at: String(simulator.revision) } }, merge);
              }
            }
          };
          act(before, true);
          const whole = body("GET", maps).items;
          const paged: unknown[] = [];
          let page = body("GET", `${maps}?limit=${limit}`);
          paged.push(...page.items);
          let rest = between;
          while (page.metadata.continue !== undefined) {
            act(rest.slice(0, 3), false);
            rest = rest.slice(3);
            expect(page.metadata.remainingItemCount).toBe(whole.length - paged.length);
            page = body("GET", `${maps}?limit=${limit}&continue=${page.metadata.continue}`);
            paged.push(...page.items);
          }
          expect(paged).toEqual(whole);
        },
      ),
    );
  });

  test("events of a watch, replayed on the list it began with, give the list at the end", () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, after) => {
        const { body, call } = world();
        const act = (steps: typeof before) => {
          for (const { do: what, name: target } of steps) {
            if (what === "delete") call("DELETE", `${maps}/${target}`);
            else if (
              call("POST", maps, { metadata: { name: target, labels: { seen: "yes" } } }).status === 409
            ) {
              const seen = what === "put" ? "yes" : "no";
              call("PATCH", `${maps}/${target}`, { metadata: { labels: { seen } } }, merge);
            }
          }
        };
        act(before);
        const selector = "labelSelector=seen%3Dyes";
        const list = body("GET", `${maps}?${selector}`);
        const state = new Map<string, Meta>();
        for (const { metadata } of list.items as Item[]) state.set(metadata.name, metadata);
        act(after.slice(0, 4));
        const { resourceVersion } = list.metadata;
        call("GET", `${maps}?watch=1&${selector}&resourceVersion=${resourceVersion}`).watch?.start({
          event: ({ type, object }) => {
            const { metadata } = object as Item;
            if (type === "DELETED") state.delete(metadata.name);
            else state.set(metadata.name, metadata);
          },
          end: () => undefined,
        });
        act(after.slice(4));
        const end = (body("GET", `${maps}?${selector}`).items as Item[]).map((item) => item.metadata);
        expect([...state.values()].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(end);
      }),
    );
  });
});
