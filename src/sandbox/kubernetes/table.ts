import { Journal } from "./journal.ts";
import type { KubeObject } from "./types.ts";

interface Version {
  readonly revision: number;
  /** null: deleted at this revision. */
  readonly object: KubeObject | null;
  older: Version | undefined;
}

interface Mark {
  readonly revision: number;
  readonly key: string;
}

export interface Page {
  readonly items: readonly KubeObject[];
  /** Key of the last object that was looked at, matching or not: the next page starts after it. */
  readonly lastKey: string;
  readonly hasMore: boolean;
}

export interface PageRequest {
  /** `""` for all namespaces, `"ns/"` for one. */
  readonly prefix: string;
  /** First key that may be listed; `lastKey + "\0"` for the next page. */
  readonly start: string;
  /** 0: no limit. */
  readonly limit: number;
  readonly revision: number;
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** Only objects that have, or once had, this spec.nodeName: whatever `matches` says beside that. */
  readonly nodeName?: string | undefined;
}

/**
 * The objects of one resource in the order of etcd's keys, each with its older versions, so that a list can be
 * read as it was at a past revision (etcd's multi-version store) while writes go on.
 */
export class Table {
  readonly #latest = new Map<string, Version>();
  /** Sorted keys; undefined until somebody lists, so that a bulk load is not sorted again and again. */
  #keys: string[] | undefined;
  /** Sorted keys by each spec.nodeName that a version of theirs has had, as kube-apiserver's watch cache indexes Pods. */
  readonly #byNode = new Map<string, string[]>();
  readonly #tombstones = new Journal<Mark>();
  /** Every write since the last compaction, oldest first. */
  readonly #changes = new Journal<Mark>();
  #live = 0;

  get size(): number {
    return this.#live;
  }

  get(key: string): KubeObject | undefined {
    return this.#latest.get(key)?.object ?? undefined;
  }

  getAt(key: string, revision: number): KubeObject | undefined {
    let version = this.#latest.get(key);
    while (version !== undefined && version.revision > revision) version = version.older;
    return version?.object ?? undefined;
  }

  put(key: string, revision: number, object: KubeObject | null): void {
    const older = this.#latest.get(key);
    if (older === undefined) this.#insertKey(key);
    if (older?.object != null) this.#live--;
    if (object === null) this.#tombstones.push({ revision, key });
    else this.#live++;
    this.#latest.set(key, { revision, object, older });
    this.#index(key, object);
    this.#changes.push({ revision, key });
  }

  /** Forgets versions that were replaced at or before `compacted`. */
  forget(key: string, compacted: number): void {
    let version = this.#latest.get(key);
    while (version !== undefined && version.revision > compacted) version = version.older;
    if (version !== undefined) version.older = undefined;
  }

  /** Forgets deletions at or before `compacted`. */
  forgetDeleted(compacted: number): void {
    const isOld = (mark: Mark): boolean => mark.revision <= compacted;
    this.#changes.forgetWhile(isOld);
    const gone = new Set<string>();
    this.#tombstones.forgetWhile(isOld, ({ revision, key }) => {
      if (this.#latest.get(key)?.revision !== revision) return;
      this.#latest.delete(key);
      gone.add(key);
    });
    if (this.#keys === undefined) return;
    if (gone.size > 64) this.#keys = this.#keys.filter((key) => !gone.has(key));
    else for (const key of gone) this.#keys.splice(lowerBound(this.#keys, key), 1);
  }

  page({ prefix, start, limit, revision, matches, nodeName }: PageRequest): Page {
    const keys = nodeName === undefined ? this.#sortedKeys() : (this.#byNode.get(nodeName) ?? []);
    const items: KubeObject[] = [];
    let lastKey = "";
    for (let index = lowerBound(keys, start > prefix ? start : prefix); index < keys.length; index++) {
      const key = keys[index] as string;
      if (!key.startsWith(prefix)) break;
      const object = this.getAt(key, revision);
      if (object === undefined) continue;
      if (limit > 0 && items.length >= limit) return { items, lastKey, hasMore: true };
      lastKey = key;
      if (matches === undefined || matches(object)) items.push(object);
    }
    return { items, lastKey, hasMore: false };
  }

  /** How many objects exist after `key` at the revision. */
  countAfter(prefix: string, key: string, revision: number): number {
    const keys = this.#sortedKeys();
    const from = lowerBound(keys, `${key}\0`);
    const end = prefix === "" ? keys.length : lowerBound(keys, `${prefix.slice(0, -1)}0`);
    const isCounted = (other: string): boolean => other > key && other.startsWith(prefix);
    // Counting what differs from the present is quicker than looking at 25,000 keys for each page.
    let count = end - from;
    for (const mark of this.#tombstones.newestFirst()) {
      if (this.#latest.get(mark.key)?.revision === mark.revision && isCounted(mark.key)) count--;
    }
    const seen = new Set<string>();
    for (const mark of this.#changes.newestFirst()) {
      if (mark.revision <= revision) break;
      if (seen.has(mark.key) || !isCounted(mark.key)) continue;
      seen.add(mark.key);
      if (this.get(mark.key) !== undefined) count--;
      if (this.getAt(mark.key, revision) !== undefined) count++;
    }
    return count;
  }

  *objects(): Generator<KubeObject> {
    for (const key of this.#sortedKeys()) {
      const object = this.get(key);
      if (object !== undefined) yield object;
    }
  }

  #sortedKeys(): string[] {
    this.#keys ??= [...this.#latest.keys()].sort(byteOrder);
    return this.#keys;
  }

  #index(key: string, object: KubeObject | null): void {
    const nodeName = (object?.["spec"] as { readonly nodeName?: unknown } | undefined)?.nodeName;
    if (typeof nodeName !== "string") return;
    const keys = this.#byNode.get(nodeName);
    if (keys === undefined) this.#byNode.set(nodeName, [key]);
    else insertSorted(keys, key);
  }

  #insertKey(key: string): void {
    if (this.#keys === undefined) return;
    this.#keys.splice(lowerBound(this.#keys, key), 0, key);
  }

  /** Before many inserts: sorting once is cheaper than keeping order. */
  prepareBulk(): void {
    this.#keys = undefined;
  }
}

const byteOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Adds it where it isn't there yet. */
function insertSorted(keys: string[], key: string): void {
  const last = keys.at(-1);
  if (last === undefined || last < key) {
    keys.push(key);
    return;
  }
  const at = lowerBound(keys, key);
  if (keys[at] !== key) keys.splice(at, 0, key);
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
