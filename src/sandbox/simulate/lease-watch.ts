import type { KubeObject } from "../kubernetes/index.ts";

interface Held {
  readonly uid: string;
  readonly holder: string;
  readonly milliseconds: number;
  /** Holder and times together: while this stands nobody has renewed it. */
  readonly spec: string;
  readonly since: number;
}

/** Own clocks need not start at the same moment as the API server's. */
const SLACK_MILLISECONDS = 1_000;

interface Spec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
}

function heldAs(lease: KubeObject, since: number): Held {
  const spec = (lease["spec"] ?? {}) as Spec;
  const milliseconds = (spec.leaseDurationSeconds ?? 0) * 1000;
  const { uid = "" } = lease.metadata;
  return { uid, holder: spec.holderIdentity ?? "", milliseconds, spec: JSON.stringify(spec), since };
}

/** Sees who takes a node's lease from whom, as the API server has it. */
export class LeaseWatch {
  readonly #held = new Map<string, Held>();
  /** When a lease first looked exactly so. Who renews writes another time; a person may write the same again, which nobody can tell. */
  readonly #seenAt = new Map<string, number>();
  readonly #clockSetAt = new Map<string, number>();
  /** All names under which a lease was ever taken. */
  readonly #names = new Set<string>();

  /** Somebody has set the clock of that node: what it measured until then counts for nothing. */
  clockSet(node: string, at: number): void {
    this.#clockSetAt.set(node, at);
  }

  /** Etcd was restored: since when a lease stands as it is, nobody here knows. */
  forget(): void {
    this.#held.clear();
  }

  /** A person is about to write to it, and needs no leave. */
  byPerson(lease: KubeObject): void {
    const { name } = lease.metadata;
    const before = this.#held.get(name) ?? heldAs(lease, Number.NEGATIVE_INFINITY);
    this.#held.set(name, { ...before, holder: "" });
  }

  /** @returns the name under which somebody takes the lease, where it was one before */
  usedAgain(lease: KubeObject): string | undefined {
    const { holderIdentity: name = "" } = (lease["spec"] ?? {}) as { readonly holderIdentity?: string };
    const before = this.#held.get(lease.metadata.name);
    if (before === undefined || before.uid !== lease.metadata.uid || before.holder === name) return undefined;
    if (!/^(reclaimer|ipamd|cni)\//.test(name)) return undefined;
    if (this.#names.has(name)) return name;
    this.#names.add(name);
    return undefined;
  }

  /** @returns what is wrong with the change */
  changed(lease: KubeObject, type: "ADDED" | "MODIFIED" | "DELETED", now: number): string | undefined {
    const isNew = type === "ADDED";
    const { name } = lease.metadata;
    const before = this.#held.get(name);
    if (type === "DELETED") {
      this.#held.delete(name);
      return undefined;
    }
    const held = heldAs(lease, now);
    const { uid, holder } = held;
    const isSame = before?.uid === uid && before.spec === held.spec;
    if (isSame && before.holder === holder) return undefined;
    const isUnknown = before === undefined && !isNew;
    const seenAt = this.#seenAt.get(`${uid} ${held.spec}`) ?? now;
    this.#seenAt.set(`${uid} ${held.spec}`, seenAt);
    const since = isSame ? before.since : isUnknown ? Number.NEGATIVE_INFINITY : seenAt;
    this.#held.set(name, { ...held, since });
    if (before === undefined || before.uid !== uid || before.holder === "" || holder === "") return undefined;
    if (before.holder === holder || isSameMachine(before.holder, holder)) return undefined;
    const stood = now - before.since;
    if (stood >= before.milliseconds - SLACK_MILLISECONDS) return undefined;
    if (!holder.startsWith("reclaimer/") && (this.#clockSetAt.get(name) ?? 0) >= before.since)
      return undefined;
    return `${holder} took the lease of ${name} from ${before.holder} after ${stood} ms`;
  }
}

/** An allocator replaces its own dead at once: it has their machine's lock file. */
function isSameMachine(before: string, after: string): boolean {
  const [kind = "", node, instance] = before.split("/");
  const [otherKind = "", otherNode, otherInstance] = after.split("/");
  const isAllocator = [kind, otherKind].every((one) => one === "ipamd" || one === "cni");
  return isAllocator && node === otherNode && instance === otherInstance;
}
