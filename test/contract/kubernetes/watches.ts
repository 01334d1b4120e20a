import { describe, expect, test } from "@jest/globals";
import { type Body, configMap } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeWatches(wire: Wire): void {
  const shown = (events: readonly Body[]): string[] =>
    events.map(({ type, object }) => `${type} ${object.metadata.name ?? ""}`.trim());

  describe("watch", () => {
    const maps = (): string => wire.path("configmaps");
    const query = (label: string, more = ""): string =>
      `${maps()}?watch=1&labelSelector=of%3D${label}${more}`;
    const labelled = (label: string, name = wire.fresh("w")): Body =>
      configMap(name, { metadata: { labels: { of: label } } });

    test("from a resourceVersion sends every change since, then each as it happens", async () => {
      const label = wire.fresh("of");
      const { resourceVersion } = (await wire.get(maps())).body.metadata;
      await wire.call("POST", maps(), labelled(label, `${label}-a`));
      await wire.patch(`${maps()}/${label}-a`, { data: { a: "1" } });
      const stream = wire.watch(query(label, `&resourceVersion=${resourceVersion}`));
      await stream.until((events) => events.length >= 2);
      await wire.call("DELETE", `${maps()}/${label}-a`);
      const events = await stream.until((seen) => seen.length >= 3);
      stream.stop();
      expect(shown(events)).toEqual([`ADDED ${label}-a`, `MODIFIED ${label}-a`, `DELETED ${label}-a`]);
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(new Set(versions).size).toBe(3);
      expect(events[2].object.data).toEqual({ a: "1" });
    });

    test("without a resourceVersion begins with what there is", async () => {
      const label = wire.fresh("of");
      await wire.call("POST", maps(), labelled(label, `${label}-a`));
      const stream = wire.watch(query(label));
      await stream.until((events) => events.length >= 1);
      await wire.call("POST", maps(), labelled(label, `${label}-b`));
      const events = await stream.until((seen) => seen.length >= 2);
      stream.stop();
      expect(shown(events)).toEqual([`ADDED ${label}-a`, `ADDED ${label}-b`]);
      expect(events[0].object.kind).toBe("ConfigMap");
    });

    test("shows what leaves the selector as DELETED and what enters it as ADDED", async () => {
      const label = wire.fresh("of");
      await wire.call("POST", maps(), labelled(label, `${label}-a`));
      const stream = wire.watch(query(label));
      await stream.until((events) => events.length >= 1);
      await wire.patch(`${maps()}/${label}-a`, { metadata: { labels: { of: "other" } } });
      await wire.patch(`${maps()}/${label}-a`, { data: { a: "unseen" } });
      await wire.patch(`${maps()}/${label}-a`, { metadata: { labels: { of: label } } });
      const events = await stream.until((seen) => seen.length >= 3);
      stream.stop();
      expect(shown(events)).toEqual([`ADDED ${label}-a`, `DELETED ${label}-a`, `ADDED ${label}-a`]);
    });

    test("of a no-op write is silent", async () => {
      const label = wire.fresh("of");
      await wire.call("POST", maps(), labelled(label, `${label}-a`));
      const stream = wire.watch(query(label));
      await stream.until((events) => events.length >= 1);
      await wire.patch(`${maps()}/${label}-a`, { metadata: { labels: { of: label } } });
      await wire.call("DELETE", `${maps()}/${label}-a`);
      const events = await stream.until((seen) => seen.length >= 2);
      stream.stop();
      expect(shown(events)).toEqual([`ADDED ${label}-a`, `DELETED ${label}-a`]);
    });

    test.each([
      "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
      "&allowWatchBookmarks=true",
    ])("with bookmarks and initial events (%s) says where those end", async (initial) => {
      const label = wire.fresh("of");
      await wire.call("POST", maps(), labelled(label, `${label}-a`));
      const stream = wire.watch(query(label, initial));
      const events = await stream.until((seen) => seen.length >= 2);
      stream.stop();
      expect(shown(events)).toEqual([`ADDED ${label}-a`, "BOOKMARK"]);
      expect(events[1].object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
      expect(events[1].object.kind).toBe("ConfigMap");
    });

    test("from an unreadable resourceVersion is an error answer", async () => {
      expect((await wire.get(`${maps()}?watch=1&resourceVersion=abc`)).status).toBe(500);
    });
  });
}
