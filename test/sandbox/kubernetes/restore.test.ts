import { describe, expect, test } from "@jest/globals";
import type { Change } from "../../../src/sandbox/kubernetes/index.ts";
import { thingDefinition } from "../../contract/kubernetes/bodies.ts";
import { maps, merge, world } from "./builders.ts";

describe("snapshot and restore of the Kubernetes simulator", () => {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  test("H61 a restored etcd has the old objects, lower resourceVersions and the old UIDs", () => {
    const { body, call, simulator } = world();
    const before = body("POST", maps, { metadata: { name: "a" } });
    const snapshot = simulator.snapshot();
    call("PATCH", `${maps}/a`, { data: { a: "1" } }, merge);
    call("POST", maps, { metadata: { name: "lost" } });
    const highest = simulator.revision;

    simulator.restore(snapshot);
    expect(simulator.revision).toBeLessThan(highest);
    expect(body("GET", `${maps}/a`)).toEqual(before);
    expect(call("GET", `${maps}/lost`).status).toBe(404);
    const kubeSystem = body("GET", "/api/v1/namespaces/kube-system").metadata.uid;
    expect(
      snapshot.objects["namespaces"]?.find((one) => one.metadata.name === "kube-system")?.metadata.uid,
    ).toBe(kubeSystem);
    // A writer with the lost version is refused, and an object made again has another UID.
    expect(
      call("PUT", `${maps}/a`, { ...before, metadata: { ...before.metadata, resourceVersion: "9" } }).status,
    ).toBe(409);
    expect(body("POST", maps, { metadata: { name: "lost" } }).metadata.uid).not.toBe(before.metadata.uid);
  });

  test("breaks watches, and a reader from the lost future is told that its version is too large", () => {
    const { call, simulator } = world();
    const snapshot = simulator.snapshot();
    let ended = 0;
    call("GET", `${maps}?watch=1`).watch?.start({ event: () => undefined, end: () => ended++ });
    call("POST", maps, { metadata: { name: "a" } });
    const future = simulator.revision;
    simulator.restore(snapshot);
    expect(ended).toBe(1);
    expect(call("GET", `${maps}?resourceVersion=${future}`).status).toBe(504);
  });

  test("may go on from a higher revision, as etcdutl with --bump-revision does", () => {
    const { body, simulator } = world();
    const snapshot = simulator.snapshot();
    simulator.restore(snapshot, { revision: 1_000_000 });
    expect(body("POST", maps, { metadata: { name: "a" } }).metadata.resourceVersion).toBe("1000001");
  });

  test("takes custom resources and their definitions along, and forgets later ones", () => {
    const { call, simulator } = world();
    const snapshot = simulator.snapshot();
    call("POST", definitions, thingDefinition("t.dev"));
    const thing = { apiVersion: "t.dev/v1", kind: "Thing", metadata: { name: "a" }, spec: { nodeName: "n" } };
    call("POST", "/apis/t.dev/v1/things", thing);
    const later = simulator.snapshot();
    simulator.restore(snapshot);
    expect(call("GET", "/apis/t.dev/v1/things").status).toBe(404);
    simulator.restore(later);
    expect(call("GET", "/apis/t.dev/v1/things/a").status).toBe(200);
    expect(call("POST", "/apis/t.dev/v1/things", thing).status).toBe(409);
  });

  test("a hook hears of each write at the instant of its effect, with what was there before", () => {
    const { call, simulator } = world();
    const heard: Change[] = [];
    let seenInside: unknown;
    simulator.onChange((change) => {
      heard.push(change);
      seenInside = simulator.handle({ method: "GET", path: `${maps}/a` }).status;
    });
    call("POST", maps, { metadata: { name: "a" } });
    expect(seenInside).toBe(200);
    call("PATCH", `${maps}/a`, { data: { a: "1" } }, merge);
    call("DELETE", `${maps}/a`);
    expect(seenInside).toBe(404);
    expect(heard.map(({ type, resource, old }) => [type, resource.plural, old?.["data"]])).toEqual([
      ["ADDED", "configmaps", undefined],
      ["MODIFIED", "configmaps", undefined],
      ["DELETED", "configmaps", { a: "1" }],
    ]);
  });

  test("what it hands out can't be changed behind its back", () => {
    const { body } = world();
    const made = body("POST", maps, { metadata: { name: "a", labels: { a: "b" } } });
    expect(() => {
      made.metadata.labels.a = "c";
    }).toThrow(TypeError);
  });

  test("what it was given may be changed afterwards without effect", () => {
    const { body, simulator } = world();
    const mine = { metadata: { name: "a" }, data: { a: "1" } };
    simulator.seed("configmaps", [mine]);
    mine.data.a = "2";
    expect(body("GET", `${maps}/a`).data.a).toBe("1");
  });

  test("a deleted namespace takes its objects along, after their finalizers", () => {
    const { body, call } = world();
    call("POST", "/api/v1/namespaces", { metadata: { name: "n" } });
    call("POST", "/api/v1/namespaces/n/configmaps", { metadata: { name: "a" } });
    call("POST", "/api/v1/namespaces/n/configmaps", { metadata: { name: "b", finalizers: ["x.dev/f"] } });
    expect(body("DELETE", "/api/v1/namespaces/n").status.phase).toBe("Terminating");
    expect(call("GET", "/api/v1/namespaces/n/configmaps/a").status).toBe(404);
    const late = call("POST", "/api/v1/namespaces/n/configmaps", { metadata: { name: "c" } });
    expect([late.status, (late.body as { message: string }).message]).toEqual([
      403,
      'configmaps "c" is forbidden: unable to create new content in namespace n because it is being terminated',
    ]);
    call("PATCH", "/api/v1/namespaces/n/configmaps/b", { metadata: { finalizers: null } }, merge);
    expect(call("GET", "/api/v1/namespaces/n").status).toBe(404);
  });
});
