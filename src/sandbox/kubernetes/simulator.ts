import type { Access } from "./access.ts";
import { ApiServer } from "./api-server.ts";
import { builtins } from "./builtins.ts";
import type { CallCounter } from "./calls.ts";
import { apiVersionOf, type Cluster } from "./cluster.ts";
import { customResourceDefinitions, resourceOf } from "./custom-resources.ts";
import { type Delivery, deliver, type Sleep } from "./delivery.ts";
import { type FaultEffect, Faults } from "./faults.ts";
import { HttpFront } from "./http.ts";
import { startLifecycle } from "./lifecycle.ts";
import { newUid, timestamp } from "./names.ts";
import type { Staleness } from "./read.ts";
import { keyOf, type Resource, resourceKey, Store } from "./store.ts";
import type { ApiAnswer, ApiRequest, Change, KubeObject, ObjectMeta } from "./types.ts";

export interface SimulatorOptions {
  /** Epoch milliseconds. The only time there is: timestamps, Date headers, compaction. */
  readonly clock: () => number;
  /** In [0, 1), seeded: UIDs and generated names. */
  readonly random: () => number;
  /** Waits for `delay` faults and `timeoutSeconds` of watches. Default: never comes back. */
  readonly sleep?: Sleep;
  readonly access?: Access;
  /** How long old versions stay readable. Default 300,000 (kube-apiserver compacts each 5 minutes). */
  readonly historyMs?: number;
  /** Default 100,000. */
  readonly historyRevisions?: number;
}

export type ChangeListener = (change: Change) => void;

/** Everything there is at one instant. Plain data, shared with the store: don't change it. */
export interface SimulatorSnapshot {
  readonly revision: number;
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>;
}

/** Objects to seed: name them, and what is left out is filled in. */
export type Seed = Omit<Partial<KubeObject>, "metadata"> & {
  readonly metadata: Partial<ObjectMeta> & { readonly name: string };
};

/**
 * The simulator: a store, an API server on it, faults between that and its callers, and an HTTP front for those
 * who need one. Without `start` it is synchronous, pure of time and chance, and opens nothing.
 */
export class KubernetesSimulator {
  readonly faults = new Faults();
  readonly #store: Store;
  readonly #cluster: Cluster;
  readonly #server: ApiServer;
  readonly #sleep: Sleep;
  #front: HttpFront | undefined;

  constructor(options: SimulatorOptions) {
    const { clock, random, historyMs = 300_000, historyRevisions = 100_000 } = options;
    this.#store = new Store({ clock, historyMs, historyRevisions });
    this.#cluster = { store: this.#store, clock, random };
    this.#server = new ApiServer(this.#cluster, options.access ?? {});
    this.#sleep = options.sleep ?? (() => new Promise<void>(() => undefined));
    this.#registerBuiltins();
    startLifecycle(this.#cluster);
    const names = ["default", "kube-system", "kube-public", "kube-node-lease"];
    this.seed(
      "namespaces",
      names.map((name) => ({
        metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      })),
    );
  }

  /** Answers at once; no faults. Lists come as frozen objects: copy what you change. */
  handle(request: ApiRequest): ApiAnswer {
    return this.#server.handle(request);
  }

  /** As `handle`, through the faults in force, and through some for this request alone. */
  send(request: ApiRequest, effects: readonly FaultEffect[] = []): Promise<Delivery> {
    return deliver(this.#server, this.faults, this.#sleep, request, effects);
  }

  /** Serves on a free loopback port; answers the base URL. */
  async start(): Promise<string> {
    if (this.#front !== undefined) throw new Error("the simulator has been started already");
    this.#front = new HttpFront(this.#server, this.faults, this.#sleep);
    return this.#front.start();
  }

  async stop(): Promise<void> {
    await this.#front?.stop();
    this.#front = undefined;
  }

  /** Breaks all open watches: the HTTP streams, or those started in process. */
  breakWatches(): void {
    this.#front?.breakWatches();
    this.#store.endWatches();
  }

  get calls(): CallCounter {
    return this.#server.calls;
  }

  get access(): Access {
    return this.#server.access;
  }
  set access(access: Access) {
    this.#server.access = access;
  }

  /** How old the answers of reads are; see Staleness. */
  get staleness(): Staleness {
    return this.#server.staleness;
  }
  set staleness(staleness: Staleness) {
    this.#server.staleness = staleness;
  }

  /** The resourceVersion of the latest write. */
  get revision(): number {
    return this.#store.revision;
  }

  /** Hears of each write at the instant of its effect. Answers how to stop. */
  onChange(listener: ChangeListener): () => void {
    return this.#store.onChange(listener);
  }

  /** `pods`, `leases.coordination.k8s.io`, ...: all objects in order of namespace and name, as stored. */
  objects(resource: string): KubeObject[] {
    return [...this.#resource(resource).table.objects()];
  }

  /** Puts objects as they are, status included, without validation: set-up of scenarios. */
  seed(resource: string, objects: readonly Seed[]): void {
    const { definition, table } = this.#resource(resource);
    const target = this.#resource(resource);
    if (objects.length > 64) table.prepareBulk();
    const now = timestamp(this.#cluster.clock());
    const apiVersion = apiVersionOf(definition.group, definition.versions[0]?.name ?? "v1");
    for (const { metadata, ...content } of objects) {
      const full: KubeObject = {
        apiVersion,
        kind: definition.kind,
        metadata: {
          uid: metadata.uid ?? newUid(this.#cluster.random),
          creationTimestamp: now,
          ...(definition.strategy.custom ? { generation: 1 } : {}),
          ...(definition.namespaced ? { namespace: "default" } : {}),
          ...metadata,
        },
        ...content,
      };
      this.#store.commit(target, keyOf(definition, full.metadata.namespace, full.metadata.name), full);
    }
  }

  /** Takes an object away, finalizers or not, as an edit of etcd does. */
  erase(resource: string, name: string, namespace?: string): void {
    const found = this.#resource(resource);
    this.#store.commit(found, keyOf(found.definition, namespace, name), null);
  }

  /** Forgets old versions now: continue tokens and watches from before the latest write are answered 410. */
  compact(): void {
    this.#store.compact(this.#store.revision);
  }

  snapshot(): SimulatorSnapshot {
    const objects: Record<string, readonly KubeObject[]> = {};
    for (const { definition, table } of this.#store.resources()) {
      objects[resourceKey(definition.group, definition.plural)] = [...table.objects()];
    }
    return { revision: this.#store.revision, objects };
  }

  /**
   * Goes back to a snapshot as an etcd restored from a backup does: the resourceVersion goes back too, unless one
   * is given (`etcdutl snapshot restore --bump-revision`), watches break, history is gone. Hooks hear nothing.
   */
  restore(snapshot: SimulatorSnapshot, options: { readonly revision?: number } = {}): void {
    this.#store.reset(options.revision ?? snapshot.revision);
    this.#registerBuiltins();
    const definitions = snapshot.objects["customresourcedefinitions.apiextensions.k8s.io"] ?? [];
    for (const definition of definitions) this.#store.register(resourceOf(definition));
    for (const [key, objects] of Object.entries(snapshot.objects)) {
      const { definition, table } = this.#resource(key);
      for (const object of objects) {
        const { namespace, name, resourceVersion } = object.metadata;
        table.put(keyOf(definition, namespace, name), Number(resourceVersion), object);
      }
    }
  }

  #registerBuiltins(): void {
    for (const definition of [...builtins, customResourceDefinitions]) this.#store.register(definition);
  }

  #resource(key: string): Resource {
    const [plural = "", ...group] = key.split(".");
    const found = this.#store.resource(group.join("."), plural);
    if (found === undefined) throw new Error(`the simulator has no resource ${key}`);
    return found;
  }
}
