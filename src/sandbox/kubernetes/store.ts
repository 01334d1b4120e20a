import { Journal } from "./journal.ts";
import { frozenCopy } from "./json.ts";
import { Table } from "./table.ts";
import type { Change, KubeObject, ResourceDefinition } from "./types.ts";

/** A registered resource and its objects. */
export interface Resource {
  definition: ResourceDefinition;
  readonly table: Table;
  /** Its CustomResourceDefinition is being deleted: nothing may be created. */
  isTerminating: boolean;
  /** Grows with each new schema, so that what was shaped by the old one is shaped again. */
  epoch: number;
}

export interface StoreOptions {
  readonly clock: () => number;
  /** How long replaced versions can still be read. kube-apiserver compacts etcd each 5 minutes. */
  readonly historyMs: number;
  /** Upper bound of replaced versions kept, whatever their age. */
  readonly historyRevisions: number;
}

interface LogEntry extends Change {
  readonly at: number;
  readonly key: string;
  readonly of: Resource;
}

export interface Watcher {
  readonly of: Resource;
  readonly change: (change: Change) => void;
  readonly end: () => void;
}

export const keyOf = (resource: ResourceDefinition, namespace: string | undefined, name: string): string =>
  resource.namespaced ? `${namespace}/${name}` : name;

export const resourceKey = (group: string, plural: string): string =>
  group === "" ? plural : `${plural}.${group}`;

/**
 * etcd as kube-apiserver sees it: one revision counter for everything, versions of objects, a log of changes
 * that watches resume from, and compaction of both.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #resources = new Map<string, Resource>();
  readonly #watchers = new Set<Watcher>();
  readonly #hooks = new Set<(change: Change) => void>();
  #log = new Journal<LogEntry>();
  #revision = 1;
  #compacted = 1;
  #deliveries: LogEntry[] = [];
  #isDelivering = false;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Reads before this revision, and watches from before it, are answered 410. */
  get compacted(): number {
    this.#compactByAge();
    return this.#compacted;
  }

  resources(): Iterable<Resource> {
    return this.#resources.values();
  }

  resource(group: string, plural: string): Resource | undefined {
    return this.#resources.get(resourceKey(group, plural));
  }

  register(definition: ResourceDefinition): Resource {
    const key = resourceKey(definition.group, definition.plural);
    const known = this.#resources.get(key);
    if (known !== undefined) {
      known.definition = definition;
      known.epoch++;
      return known;
    }
    const resource: Resource = { definition, table: new Table(), isTerminating: false, epoch: 0 };
    this.#resources.set(key, resource);
    return resource;
  }

  unregister(resource: Resource): void {
    this.#resources.delete(resourceKey(resource.definition.group, resource.definition.plural));
    this.endWatches(resource);
  }

  /** Writes the object (null deletes), tells watches and hooks, and answers what is now stored. */
  commit(resource: Resource, key: string, next: KubeObject | null): KubeObject {
    const old = resource.table.get(key);
    const base = next ?? old;
    if (base === undefined) throw new Error(`nothing to delete at ${key}`);
    const revision = ++this.#revision;
    const object = frozenCopy({
      ...base,
      metadata: { ...base.metadata, resourceVersion: String(revision) },
    }) as KubeObject;
    resource.table.put(key, revision, next === null ? null : object);
    const type = next === null ? "DELETED" : old === undefined ? "ADDED" : "MODIFIED";
    const at = this.#options.clock();
    const entry = {
      type,
      resource: resource.definition,
      of: resource,
      revision,
      object,
      old,
      at,
      key,
    } as const;
    this.#log.push(entry);
    this.#compactByAge();
    this.#deliver(entry);
    return object;
  }

  /** A hook runs inside the write that it hears of; writes that it makes are told after it. */
  onChange(hook: (change: Change) => void): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Ends the watches of one resource, or all. */
  endWatches(of?: Resource): void {
    for (const watcher of [...this.#watchers]) {
      if (of !== undefined && watcher.of !== of) continue;
      this.#watchers.delete(watcher);
      watcher.end();
    }
  }

  /** Changes of the resource after the revision, oldest first. */
  changesAfter(of: Resource, revision: number): readonly Change[] {
    const changes: Change[] = [];
    for (const entry of this.#log.newestFirst()) {
      if (entry.revision <= revision) break;
      if (entry.of === of) changes.push(entry);
    }
    return changes.reverse();
  }

  /** The revision that was current at that time, or the oldest one still readable. */
  revisionAt(timeMs: number): number {
    for (const entry of this.#log.newestFirst()) {
      if (entry.at <= timeMs) return entry.revision;
    }
    return this.#compacted;
  }

  /** Forgets what was replaced at or before the revision, as `etcdctl compact` does. */
  compact(revision: number): void {
    if (revision <= this.#compacted) return;
    this.#compacted = Math.min(revision, this.#revision);
    // Once for each key: its older versions are a list that is walked from the newest on.
    const keys = new Map<Table, Set<string>>();
    this.#log.forgetWhile(
      (entry) => entry.revision <= this.#compacted,
      ({ of: { table }, key }) => {
        const known = keys.get(table);
        if (known === undefined) keys.set(table, new Set([key]));
        else known.add(key);
      },
    );
    for (const [table, forgotten] of keys) {
      for (const key of forgotten) table.forget(key, this.#compacted);
      table.forgetDeleted(this.#compacted);
    }
  }

  /** Empties the store for a restore: watches end, history is gone, the counter is set. */
  reset(revision: number): void {
    this.endWatches();
    this.#resources.clear();
    this.#log = new Journal<LogEntry>();
    this.#revision = revision;
    this.#compacted = revision;
  }

  #compactByAge(): void {
    const horizon = this.#options.clock() - this.#options.historyMs;
    const surplus = this.#log.size - this.#options.historyRevisions;
    let target = 0;
    for (let index = 0; ; index++) {
      const entry = this.#log.at(index);
      if (entry === undefined || (entry.at >= horizon && index >= surplus)) break;
      target = entry.revision;
    }
    if (target > 0) this.compact(target);
  }

  #deliver(entry: LogEntry): void {
    this.#deliveries.push(entry);
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      for (let next = this.#deliveries.shift(); next !== undefined; next = this.#deliveries.shift()) {
        for (const watcher of [...this.#watchers]) if (watcher.of === next.of) watcher.change(next);
        for (const hook of [...this.#hooks]) hook(next);
      }
    } finally {
      this.#isDelivering = false;
      this.#deliveries = [];
    }
  }
}
