import { afterEach, describe, expect, test } from "@jest/globals";
import { CoordinationV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import { maps, type World, world } from "./builders.ts";

describe("faults of the Kubernetes simulator", () => {
  const create = (name: string) => ({ method: "POST", path: maps, body: { metadata: { name } } });
  const exists = ({ call }: World, name: string): boolean => call("GET", `${maps}/${name}`).status === 200;

  test("drop-before breaks the connection and nothing has happened", async () => {
    const it = world();
    it.simulator.faults.add({ kind: "drop-before", verb: "POST" });
    expect(await it.simulator.send(create("a"))).toEqual({ kind: "reset" });
    expect(exists(it, "a")).toBe(false);
  });

  test("H75 drop-after breaks the connection and it has happened", async () => {
    const it = world();
    it.simulator.faults.add({ kind: "drop-after", verb: "POST" });
    expect(await it.simulator.send(create("a"))).toEqual({ kind: "reset" });
    expect(exists(it, "a")).toBe(true);
  });

  test("hits the nth or every nth matching call, and those of one user or name only", async () => {
    const { simulator } = world();
    const kinds = async (count: number) => {
      const seen: string[] = [];
      for (let index = 0; index < count; index++)
        seen.push((await simulator.send({ method: "GET", path: maps })).kind);
      return seen;
    };
    const end = simulator.faults.add({ kind: "drop-before", verb: "LIST", resource: "configmaps", nth: 2 });
    expect(await kinds(3)).toEqual(["answer", "reset", "answer"]);
    end();
    simulator.faults.add({ kind: "drop-before", every: 2 });
    expect(await kinds(4)).toEqual(["answer", "reset", "answer", "reset"]);
    simulator.faults.clear();
    simulator.faults.add({ kind: "drop-before", name: "other" });
    simulator.faults.add({ kind: "drop-before", user: "somebody" });
    simulator.faults.add({ kind: "drop-before", matching: ({ namespace }) => namespace === "other" });
    expect(await kinds(1)).toEqual(["answer"]);
  });

  test.each([
    [429, "TooManyRequests", "1"],
    [500, "InternalError", undefined],
    [503, "ServiceUnavailable", undefined],
    [504, "Timeout", undefined],
    [410, "Expired", undefined],
    [401, "Unauthorized", undefined],
    [403, "Forbidden", undefined],
    [409, "Conflict", undefined],
  ])("status %i answers with the reason %s and does nothing", async (code, reason, retryAfter) => {
    const it = world();
    it.simulator.faults.add({ kind: "status", code });
    const delivery = await it.simulator.send(create("a"));
    if (delivery.kind !== "answer") throw new Error(delivery.kind);
    expect(delivery.answer).toMatchObject({ status: code, body: { reason, code } });
    expect(delivery.answer.headers["retry-after"]).toBe(retryAfter);
    it.simulator.faults.clear();
    expect(exists(it, "a")).toBe(false);
  });

  test("stale shows one caller the past", async () => {
    const { call, pass, simulator } = world();
    call("POST", maps, { metadata: { name: "old" } });
    pass(60_000);
    call("POST", maps, { metadata: { name: "new" } });
    simulator.faults.add({ kind: "stale", lagMs: 30_000, verb: "LIST" });
    const delivery = await simulator.send({ method: "GET", path: maps });
    expect(delivery).toMatchObject({ answer: { body: { items: [{ metadata: { name: "old" } }] } } });
  });

  test("duplicate does it twice and answers the second time", async () => {
    const { simulator } = world();
    simulator.faults.add({ kind: "duplicate", verb: "POST" });
    expect(await simulator.send(create("a"))).toMatchObject({ answer: { status: 409 } });
  });

  test("delay holds the request until it is let go, delay-answer only its answer", async () => {
    const it = world();
    let letGo: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    it.simulator.faults.add({ kind: "delay", until, verb: "POST", nth: 1 });
    it.simulator.faults.add({ kind: "delay-answer", until, verb: "POST", nth: 2 });
    const before = it.simulator.send(create("a"));
    const after = it.simulator.send(create("b"));
    await Promise.resolve();
    expect([exists(it, "a"), exists(it, "b")]).toEqual([false, true]);
    letGo();
    expect(await Promise.all([before, after])).toMatchObject([
      { answer: { status: 201 } },
      { answer: { status: 201 } },
    ]);
  });

  test("delay by time uses the given sleep", async () => {
    const slept: number[] = [];
    const { simulator } = world({
      sleep: async (ms) => {
        slept.push(ms);
      },
    });
    simulator.faults.add({ kind: "delay", ms: 1500 });
    await simulator.send(create("a"));
    expect(slept).toEqual([1500]);
  });

  describe("over HTTP", () => {
    let running: KubernetesSimulator | undefined;
    afterEach(async () => {
      await running?.stop();
      running = undefined;
    });
    const served = async (it: World): Promise<KubeConfig> => {
      running = it.simulator;
      const config = new KubeConfig();
      config.loadFromOptions({
        clusters: [{ name: "c", server: await it.simulator.start(), skipTLSVerify: true }],
        users: [{ name: "u" }],
        contexts: [{ name: "c", cluster: "c", user: "u" }],
        currentContext: "c",
      });
      return config;
    };

    test("a dropped connection is an error to the client, whether it has happened or not", async () => {
      const it = world();
      const api = (await served(it)).makeApiClient(CoreV1Api);
      const make = (name: string) =>
        api.createNamespacedConfigMap({ namespace: "default", body: { metadata: { name } } });
      it.simulator.faults.add({ kind: "drop-before", nth: 1 });
      it.simulator.faults.add({ kind: "drop-after", nth: 2 });
      await expect(make("a")).rejects.toThrow();
      await expect(make("b")).rejects.toThrow();
      await make("c");
      it.simulator.faults.clear();
      expect(["a", "b", "c"].map((name) => exists(it, name))).toEqual([false, true, true]);
    });

    test("H08 a list cut in the middle is an error to the client, never a shorter list", async () => {
      const it = world();
      it.simulator.seed(
        "configmaps",
        Array.from({ length: 500 }, (_, index) => ({ metadata: { name: `m-${index}` } })),
      );
      const api = (await served(it)).makeApiClient(CoreV1Api);
      it.simulator.faults.add({ kind: "truncate", verb: "LIST", nth: 1 });
      await expect(api.listNamespacedConfigMap({ namespace: "default" })).rejects.toThrow();
      expect((await api.listNamespacedConfigMap({ namespace: "default" })).items).toHaveLength(500);
    });

    test("a Lease renewed on a lost answer has been renewed", async () => {
      const it = world();
      const api = (await served(it)).makeApiClient(CoordinationV1Api);
      const metadata = { name: "node", namespace: "default" };
      const made = await api.createNamespacedLease({
        namespace: "default",
        body: { metadata, spec: { holderIdentity: "a" } },
      });
      const renewed = { ...made, spec: { holderIdentity: "b" } };
      it.simulator.faults.add({ kind: "drop-after", verb: "PUT", nth: 1 });
      const replace = () => api.replaceNamespacedLease({ name: "node", namespace: "default", body: renewed });
      await expect(replace()).rejects.toThrow();
      await expect(replace()).rejects.toMatchObject({ code: 409 });
      expect(
        (await api.readNamespacedLease({ name: "node", namespace: "default" })).spec?.holderIdentity,
      ).toBe("b");
    });

    test("stop ends open watches and leaves no connection", async () => {
      const it = world();
      const url = (await served(it)).getCurrentCluster()?.server ?? "";
      const response = await fetch(`${url}${maps}?watch=1`);
      const reader = response.body?.getReader();
      it.call("POST", maps, { metadata: { name: "a" } });
      const first = await reader?.read();
      expect(new TextDecoder().decode(first?.value)).toContain('"type":"ADDED"');
      await it.simulator.stop();
      // The end of the stream or a broken connection: either way it is over.
      await expect(
        reader
          ?.read()
          .then((chunk) => chunk.done)
          .catch(() => true),
      ).resolves.toBe(true);
    });

    test("a watch ends after its timeoutSeconds, with a last bookmark", async () => {
      let wake: () => void = () => undefined;
      const slept: number[] = [];
      const it = world({
        sleep: (ms) => {
          slept.push(ms);
          return new Promise((resolve) => {
            wake = resolve;
          });
        },
      });
      const url = (await served(it)).getCurrentCluster()?.server ?? "";
      const path = `${maps}?watch=1&timeoutSeconds=30&allowWatchBookmarks=true`;
      const response = await fetch(`${url}${path}&resourceVersion=${it.simulator.revision}`);
      expect(slept).toEqual([30_000]);
      wake();
      expect(JSON.parse(await response.text())).toMatchObject({
        type: "BOOKMARK",
        object: { kind: "ConfigMap", metadata: { resourceVersion: String(it.simulator.revision) } },
      });
    });
  });
});
