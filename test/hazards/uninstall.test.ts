import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import { RECLAIMER_TOKEN } from "../../src/sandbox/engine/world.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import type { ApiAnswer, KubeObject } from "../../src/sandbox/kubernetes/index.ts";
import { RUNS } from "../reclaimer/crash-points/runs.ts";
import type { Run } from "../reclaimer/every-point.ts";
import type { Cluster } from "../reclaimer/harness.ts";

const KINDS = ["vpcips", "vpcipclaims", "nodeeniconfigs"];
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const INFRA = new URL("../../infra/", import.meta.url);

/** As a person with every right. */
function call({ world }: Cluster, method: string, path: string): ApiAnswer {
  const headers = { authorization: `Bearer ${RECLAIMER_TOKEN}` };
  return world.kubernetes.handle({ method, path, headers });
}

const isThere = (cluster: Cluster, path: string): boolean => call(cluster, "GET", path).status === 200;

/** Everything that a run writes to, with what holds it when it is deleted. */
function objectsOf({ world }: Cluster): readonly KubeObject[] {
  const kinds = [...KINDS.map((kind) => `${kind}.vpcip.dev`), "leases.coordination.k8s.io", "configmaps"];
  return kinds.flatMap((kind) => world.kubernetes.objects(kind));
}

/** The run as it is left where it is killed in the middle: marks, intents, requests and its lease stand there. */
async function inTheMiddle(run: Run): Promise<Cluster> {
  const cluster = await run.lay();
  const counted = new Line();
  await cluster.run((ports) => run.work(cluster, ports), counted).catch(() => undefined);
  const half = await run.lay();
  const line = new Line();
  const nth = Math.ceil(counted.crossings.length * 0.8);
  line.fateOf = (_crossing, count) => (count === nth ? "killed-after" : "through");
  await half.run((ports) => run.work(half, ports), line).catch(() => undefined);
  for (const allocator of half.allocators.values()) allocator.kill();
  return half;
}

describe("the tool uninstalled", () => {
  test.each(RUNS.map((run) => [run.name, run] as const))(
    "H77 %s, in the middle of it: objects, kinds and namespaces are deleted plainly, and are gone at once",
    async (_name, run) => {
      const cluster = await inTheMiddle(run);
      const held = objectsOf(cluster).filter(({ metadata }) => (metadata.finalizers ?? []).length > 0);
      expect(held.map(({ metadata }) => metadata.name)).toEqual([]);
      for (const { apiVersion, kind, metadata } of objectsOf(cluster)) {
        const place = metadata.namespace === undefined ? "" : `namespaces/${metadata.namespace}/`;
        const api = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
        const path = `${api}/${place}${kind?.toLowerCase()}s/${metadata.name}`;
        // Every second one plainly; the others are left to their kind and to their namespace.
        if (metadata.name.length % 2 === 0) continue;
        expect([path, call(cluster, "DELETE", path).status]).toEqual([path, 200]);
        expect([path, isThere(cluster, path)]).toEqual([path, false]);
      }
      const system = `/api/v1/namespaces/${SYSTEM_NAMESPACE}`;
      call(cluster, "DELETE", system);
      expect(isThere(cluster, system)).toBe(false);
      for (const kind of KINDS) {
        const definition = `${DEFINITIONS}/${kind}.vpcip.dev`;
        expect(call(cluster, "DELETE", definition).status).toBe(200);
        expect([kind, isThere(cluster, definition)]).toEqual([kind, false]);
      }
    },
  );

  test("H77 keeps a namespace where a finalizer holds one of its objects: that is what the others would look like", async () => {
    const [run] = RUNS;
    if (run === undefined) throw new Error("there are no runs");
    const cluster = await inTheMiddle(run);
    cluster.world.api.lay("configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace: SYSTEM_NAMESPACE, finalizers: ["vpcip.dev/nobody-removes-me"] },
    });
    call(cluster, "DELETE", `/api/v1/namespaces/${SYSTEM_NAMESPACE}`);
    expect(isThere(cluster, `/api/v1/namespaces/${SYSTEM_NAMESPACE}`)).toBe(true);
  });

  test("H77 nothing that is installed or written by hand names a finalizer", () => {
    const files = readdirSync(INFRA, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.ya?ml$/.test(name),
    );
    const naming = files.filter((name) => /finalizers:/.test(readFileSync(new URL(name, INFRA), "utf8")));
    expect(files.length).toBeGreaterThan(3);
    expect(naming).toEqual([]);
  });
});
