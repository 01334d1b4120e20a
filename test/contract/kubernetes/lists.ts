import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Body, configMap, pod, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeLists(wire: Wire): void {
  const names = (body: Body): string[] => body.items.map((item: Body) => item.metadata.name);

  describe("list", () => {
    const namespace = `${wire.namespace}-lists`;
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    const all = ["a", "a-b", "a.b", "b", "c", "d", "e"];

    beforeAll(async () => {
      await wire.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
      for (const name of [...all].reverse()) {
        const labels = { name, ...(name < "c" ? { early: "yes" } : {}) };
        await wire.call("POST", maps, configMap(name, { metadata: { labels } }));
      }
    });

    test("comes in order of names, with the revision it was read at, items without kind", async () => {
      const { body } = await wire.get(maps);
      expect([body.kind, body.apiVersion, names(body)]).toEqual(["ConfigMapList", "v1", all]);
      expect(body.items[0].kind).toBeUndefined();
      const newest = Math.max(...body.items.map((item: Body) => Number(item.metadata.resourceVersion)));
      expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(newest);
    });

    test.each([
      ["early=yes", ["a", "a-b", "a.b", "b"]],
      ["early==yes,name!=a", ["a-b", "a.b", "b"]],
      ["early!=yes", ["c", "d", "e"]],
      ["early", ["a", "a-b", "a.b", "b"]],
      ["!early", ["c", "d", "e"]],
      ["name in (a, d)", ["a", "d"]],
      ["name notin (a,b,c)", ["a-b", "a.b", "d", "e"]],
      ["nothing=", []],
      ["", all],
    ])("takes the label selector %s", async (selector, expected) => {
      const { body } = await wire.get(`${maps}?labelSelector=${encodeURIComponent(selector)}`);
      expect(names(body)).toEqual(expected);
    });

    test.each(["name in a", "a===b", "name in (a"])(
      "refuses the label selector %s with 400",
      async (selector) => {
        const { status, body } = await wire.get(`${maps}?labelSelector=${encodeURIComponent(selector)}`);
        expect([status, body.reason]).toEqual([400, "BadRequest"]);
      },
    );

    test("that is empty: of metadata it has null for items, of a custom resource a place to go on that is none", async () => {
      const nothing = `/apis/${wire.group}/v1/things?labelSelector=of%3Dnothing`;
      const { body } = await wire.get(nothing);
      expect([body.items, body.metadata.continue]).toEqual([[], ""]);
      const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
      const metadata = (await wire.get(nothing, { accept })).body;
      expect([metadata.items, metadata.metadata.continue]).toEqual([null, undefined]);
    });

    test("in pages shows the cluster as it was at the first page", async () => {
      const first = (await wire.get(`${maps}?limit=3`)).body;
      expect([names(first), first.metadata.remainingItemCount]).toEqual([["a", "a-b", "a.b"], 4]);
      await wire.call("POST", maps, configMap("bb"));
      await wire.call("DELETE", `${maps}/c`);
      const next = `${maps}?limit=3&continue=${first.metadata.continue}`;
      const second = (await wire.get(next)).body;
      expect([names(second), second.metadata.remainingItemCount]).toEqual([["b", "c", "d"], 1]);
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      const third = (await wire.get(`${maps}?limit=3&continue=${second.metadata.continue}`)).body;
      expect([names(third), third.metadata.continue ?? ""]).toEqual([["e"], ""]);
      expect(names((await wire.get(maps)).body)).toEqual(["a", "a-b", "a.b", "b", "bb", "d", "e"]);
      await wire.call("DELETE", `${maps}/bb`);
      await wire.call("POST", maps, configMap("c", { metadata: { labels: { name: "c" } } }));
    });

    test("in pages with a selector fills each page and counts nothing", async () => {
      const { body } = await wire.get(`${maps}?limit=2&labelSelector=name%20in%20(a,d,e)`);
      expect([names(body), body.metadata.remainingItemCount]).toEqual([["a", "d"], undefined]);
      const rest = `${maps}?limit=2&labelSelector=name%20in%20(a,d,e)&continue=${body.metadata.continue}`;
      expect(names((await wire.get(rest)).body)).toEqual(["e"]);
    });

    test("refuses a broken continue token, and one beside a resourceVersion, with 400", async () => {
      expect((await wire.get(`${maps}?continue=zzz`)).status).toBe(400);
      const { body } = await wire.get(`${maps}?limit=1`);
      const both = await wire.get(`${maps}?limit=1&resourceVersion=5&continue=${body.metadata.continue}`);
      expect([both.status, both.body.message]).toEqual([
        400,
        "specifying resource version is not allowed when using continue",
      ]);
    });

    test("with a continue token from before compaction is 410 Expired, with a token to go on inconsistently", async () => {
      if (wire.peer.expireHistory === undefined) return;
      const first = (await wire.get(`${maps}?limit=3`)).body;
      await wire.call("POST", maps, configMap("bb"));
      await wire.call("DELETE", `${maps}/bb`);
      await wire.peer.expireHistory();
      const late = await wire.get(`${maps}?limit=3&continue=${first.metadata.continue}`);
      expect([late.status, late.body.reason]).toEqual([410, "Expired"]);
      expect(late.body.message).toMatch(
        /^The provided continue parameter is too old to display a consistent list/,
      );
      const onward = await wire.get(`${maps}?limit=9&continue=${late.body.metadata.continue}`);
      expect([onward.status, names(onward.body)]).toEqual([200, ["b", "c", "d", "e"]]);
    });

    test("of any version (0) takes no limit", async () => {
      const { body } = await wire.get(`${maps}?limit=1&resourceVersion=0`);
      expect([body.items.length > 1, body.metadata.continue]).toEqual([true, undefined]);
    });

    test("at an exact version shows that version", async () => {
      const before = (await wire.get(maps)).body.metadata.resourceVersion;
      const later = (await wire.call("POST", maps, configMap("later"))).body.metadata.resourceVersion;
      const exact = `${maps}?resourceVersion=${before}&resourceVersionMatch=Exact`;
      expect(names((await wire.get(exact)).body)).not.toContain("later");
      // Not older than the write shows the write; not older than before it may or may not.
      const newer = `${maps}?resourceVersion=${later}&resourceVersionMatch=NotOlderThan`;
      expect(names((await wire.get(newer)).body)).toContain("later");
      await wire.call("DELETE", `${maps}/later`);
    });

    test("at a version that is not yet there is 504 with a time to come back", async () => {
      const { status, headers, body } = await wire.get(`${maps}?resourceVersion=999999999`);
      expect([status, headers["retry-after"], body.reason]).toEqual([504, "1", "Timeout"]);
      expect(body.details.causes).toEqual([
        { reason: "ResourceVersionTooLarge", message: "Too large resource version" },
      ]);
      expect(body.message).toMatch(/^Timeout: Too large resource version: 999999999, current: \d+$/);
    });

    test("refuses a resourceVersion that is no number, and a match without one", async () => {
      expect((await wire.get(`${maps}?resourceVersion=abc`)).status).toBe(400);
      expect((await wire.get(`${maps}?resourceVersionMatch=Exact`)).status).toBe(422);
    });

    test("of metadata shows metadata alone, and so does get", async () => {
      const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
      const { body } = await wire.get(`${maps}?limit=1`, { accept });
      expect([body.kind, body.apiVersion, body.metadata.remainingItemCount]).toEqual([
        "PartialObjectMetadataList",
        "meta.k8s.io/v1",
        6,
      ]);
      expect(Object.keys(body.items[0]).sort()).toEqual(["apiVersion", "kind", "metadata"]);
      expect(body.items[0].kind).toBe("PartialObjectMetadata");
      const one = { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };
      expect((await wire.get(`${maps}/a`, one)).body).toMatchObject({
        kind: "PartialObjectMetadata",
        metadata: { name: "a" },
      });
    });
  });

  describe("field selectors", () => {
    const label = wire.fresh("fs");
    const pods = (selector: string): string =>
      `/api/v1/pods?labelSelector=of%3D${label}&fieldSelector=${encodeURIComponent(selector)}`;

    beforeAll(async () => {
      for (const [name, spec, phase] of [
        ["p1", { nodeName: "n1", hostNetwork: true }, "Running"],
        ["p2", { nodeName: "n1" }, "Succeeded"],
        ["p3", { nodeName: "n2" }, "Running"],
        ["p4", {}, "Pending"],
      ] as const) {
        await wire.call("POST", wire.path("pods"), pod(name, { metadata: { labels: { of: label } }, spec }));
        const podIP = phase === "Running" ? { podIP: "10.0.0.9", podIPs: [{ ip: "10.0.0.9" }] } : {};
        await wire.patch(wire.path("pods", name, "status"), { status: { phase, ...podIP } });
      }
    });

    test.each([
      ["spec.nodeName=n1", ["p1", "p2"]],
      ["spec.nodeName!=n1", ["p3", "p4"]],
      ["spec.nodeName=", ["p4"]],
      ["spec.nodeName==n1,status.phase!=Succeeded", ["p1"]],
      ["spec.hostNetwork=true", ["p1"]],
      ["spec.hostNetwork=false", ["p2", "p3", "p4"]],
      ["status.podIP=10.0.0.9", ["p1", "p3"]],
      ["spec.restartPolicy=Always", ["p1", "p2", "p3", "p4"]],
      ["spec.schedulerName=default-scheduler,metadata.name=p3", ["p3"]],
    ])("on Pods: %s", async (selector, expected) => {
      expect(names((await wire.get(pods(selector))).body)).toEqual(expected);
    });

    test("on a field that is not selectable are refused with 400", async () => {
      const { status, body } = await wire.get("/api/v1/pods?fieldSelector=spec.foo%3D1");
      expect([status, body.message]).toEqual([400, "field label not supported: spec.foo"]);
      expect((await wire.get("/api/v1/configmaps?fieldSelector=data.x%3D1")).status).toBe(400);
      expect((await wire.get("/api/v1/pods?fieldSelector=spec.nodeName")).status).toBe(400);
    });

    test("on custom resources: selectableFields and the name, nothing else", async () => {
      for (const [name, nodeName] of [
        ["fs-1", "n"],
        ["fs-2", "m"],
      ] as const) {
        await wire.call("POST", wire.path(wire.things), thing(wire, name, { spec: { nodeName } }));
      }
      const select = (selector: string) =>
        wire.get(`${wire.path(wire.things)}?fieldSelector=${encodeURIComponent(selector)}`);
      const { body } = await select("spec.nodeName=n");
      expect([names(body), body.items[0].kind]).toEqual([["fs-1"], "Thing"]);
      expect(names((await select("metadata.name=fs-2")).body)).toEqual(["fs-2"]);
      const refused = await select("spec.mode=A");
      expect([refused.status, refused.body.message]).toEqual([400, "field label not supported: spec.mode"]);
    });
  });
}
