import { describe, expect, test } from "@jest/globals";
import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
  PatchStrategy,
  V1MicroTime,
  Watch,
} from "@kubernetes/client-node";
import { type Body, configMap, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

/** The client library that the product uses, against the peer. */
export function describeClients(wire: Wire): void {
  describe("@kubernetes/client-node", () => {
    const codeOf = async (call: Promise<unknown>): Promise<unknown> => {
      try {
        await call;
        return "no error";
      } catch (error) {
        if (!(error instanceof ApiException)) throw error;
        return [error.code, JSON.parse(error.body as string).reason];
      }
    };

    test("CoreV1Api lists Pods in pages", async () => {
      const api = wire.kubeConfig().makeApiClient(CoreV1Api);
      const { namespace } = wire;
      for (const name of ["client-a", "client-b", "client-c"]) {
        const spec = { containers: [{ name: "c", image: "i" }] };
        const metadata = { name, labels: { of: "client" } };
        await api.createNamespacedPod({ namespace, body: { metadata, spec } });
      }
      const seen: (string | undefined)[] = [];
      let token: string | undefined;
      do {
        const page = await api.listNamespacedPod({
          namespace,
          labelSelector: "of=client",
          limit: 2,
          ...(token === undefined ? {} : { _continue: token }),
        });
        seen.push(...page.items.map((pod) => pod.metadata?.name));
        token = page.metadata?._continue || undefined;
      } while (token !== undefined);
      expect(seen).toEqual(["client-a", "client-b", "client-c"]);
    });

    test("CoreV1Api reads the UID of kube-system", async () => {
      const api = wire.kubeConfig().makeApiClient(CoreV1Api);
      const { metadata } = await api.readNamespace({ name: "kube-system" });
      expect(metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(metadata?.creationTimestamp).toBeInstanceOf(Date);
    });

    test("CoordinationV1Api creates, replaces by compare-and-swap and deletes a Lease", async () => {
      const api = wire.kubeConfig().makeApiClient(CoordinationV1Api);
      const { namespace } = wire;
      const name = wire.fresh("lease");
      const renewTime = new V1MicroTime("2026-01-01T00:00:00.123Z");
      const made = await api.createNamespacedLease({
        namespace,
        body: { metadata: { name }, spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime } },
      });
      expect(new Date(made.spec?.renewTime ?? 0).toISOString()).toBe("2026-01-01T00:00:00.123Z");
      const taken = { ...made, spec: { ...made.spec, holderIdentity: "b" } };
      const now = await api.replaceNamespacedLease({ namespace, name, body: taken });
      expect(now.spec?.holderIdentity).toBe("b");
      expect(await codeOf(api.replaceNamespacedLease({ namespace, name, body: taken }))).toEqual([
        409,
        "Conflict",
      ]);
      const uid = made.metadata?.uid ?? "";
      const other = { preconditions: { uid: "other" } };
      expect(await codeOf(api.deleteNamespacedLease({ namespace, name, body: other }))).toEqual([
        409,
        "Conflict",
      ]);
      await api.deleteNamespacedLease({ namespace, name, body: { preconditions: { uid } } });
      expect(await codeOf(api.readNamespacedLease({ namespace, name }))).toEqual([404, "NotFound"]);
    });

    test("CustomObjectsApi works on cluster-scoped custom resources", async () => {
      const api = wire.kubeConfig().makeApiClient(CustomObjectsApi);
      const name = wire.fresh("custom");
      const kind = { group: wire.group, version: "v1", plural: "things" };
      const made: Body = await api.createClusterCustomObject({ ...kind, body: thing(wire, name) });
      const changed = { ...made, spec: { ...made.spec, count: 3 } };
      await api.replaceClusterCustomObject({ ...kind, name, body: changed });
      expect(await codeOf(api.replaceClusterCustomObject({ ...kind, name, body: changed }))).toEqual([
        409,
        "Conflict",
      ]);
      const found: Body = await api.listClusterCustomObject({
        ...kind,
        fieldSelector: `metadata.name=${name}`,
      });
      expect(found.items.map((item: Body) => item.spec.count)).toEqual([3]);
    });

    test("KubernetesObjectApi finds the resource by discovery: create, read, patch, list, delete", async () => {
      const api = KubernetesObjectApi.makeApiClient(wire.kubeConfig());
      const name = wire.fresh("object");
      const object = thing(wire, name, { metadata: { labels: { of: name } } });
      await api.create(object);
      const header = { ...object, spec: { count: 2 } };
      const patched: Body = await api.patch(
        header,
        undefined,
        undefined,
        undefined,
        undefined,
        PatchStrategy.MergePatch,
      );
      expect(patched.spec).toMatchObject({ nodeName: "a", count: 2 });
      const list = await api.list(
        object.apiVersion,
        "Thing",
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        `of=${name}`,
      );
      expect(list.items.map((item) => item.metadata?.name)).toEqual([name]);
      await api.delete(object);
      expect(await codeOf(api.read(object))).toEqual([404, "NotFound"]);
    });

    test("KubernetesObjectApi applies server-side", async () => {
      const api = KubernetesObjectApi.makeApiClient(wire.kubeConfig());
      const name = wire.fresh("applied");
      const object = configMap(name, { metadata: { namespace: wire.namespace }, data: { a: "1" } });
      const apply = (): Promise<Body> =>
        api.patch(object, undefined, undefined, "me", true, PatchStrategy.ServerSideApply);
      const made = await apply();
      expect(made.data).toEqual({ a: "1" });
      expect((await apply()).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    test("Watch hears of changes", async () => {
      const config = wire.kubeConfig();
      const api = config.makeApiClient(CoreV1Api);
      const { namespace } = wire;
      const name = wire.fresh("watched");
      const heard: string[] = [];
      const finished = new Promise<void>((resolve, reject) => {
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        const query = { fieldSelector: `metadata.name=${name}` };
        const watching = new Watch(config).watch(
          path,
          query,
          (phase, object: Body) => {
            heard.push(`${phase} ${object.metadata.name}`);
            if (phase === "DELETED") void watching.then((controller) => controller.abort());
          },
          (error: unknown) =>
            error instanceof Error && error.name !== "AbortError" ? reject(error) : resolve(),
        );
        void watching.then(async () => {
          await api.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
          await api.deleteNamespacedConfigMap({ namespace, name });
        });
      });
      await finished;
      expect(heard).toEqual([`ADDED ${name}`, `DELETED ${name}`]);
    });
  });
}
