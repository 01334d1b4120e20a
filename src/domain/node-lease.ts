import type { Lease, StoredLease } from "./objects/lease.ts";
import type { ObjectMeta } from "./objects/metadata.ts";
import { ANNOTATION, LABEL, labelValue } from "./objects/names.ts";

/**
 * The node lease as pure transitions of a coordination.k8s.io/v1 Lease. Whoever writes one does it by compare-and-swap.
 * Times in it are for people: nobody compares them with a clock of its own.
 */

/** What a person or a program sees of a lease; unchanged over its whole term means that its holder is gone. */
export interface LeaseSpecSeen {
  readonly uid: string;
  readonly holder: string;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly durationSeconds: number;
}

const DEFAULT_SECONDS = 60;
const ANSWERED = "answered";

export function seen(lease: StoredLease): LeaseSpecSeen {
  const { holderIdentity, acquireTime, renewTime, leaseDurationSeconds } = lease.spec;
  return {
    uid: lease.metadata.uid,
    holder: holderIdentity ?? "",
    acquireTime: acquireTime ?? "",
    renewTime: renewTime ?? "",
    durationSeconds: leaseDurationSeconds ?? DEFAULT_SECONDS,
  };
}

/** No holder uses a longer term: one that stands there was put there by hand, and must not hold the node for ever. */
const LONGEST_TERM_SECONDS = 3600;

/**
 * How long a lease must have stood unchanged before it may be taken over, seconds.
 *
 * @param leastSeconds no holder's term is shorter: what stands there may have been put there by hand
 */
export function termSeconds({ durationSeconds }: LeaseSpecSeen, leastSeconds: number): number {
  return Math.min(LONGEST_TERM_SECONDS, Math.max(leastSeconds, durationSeconds));
}

export const isFree = (lease: Lease): boolean => (lease.spec.holderIdentity ?? "") === "";

/** Whether a lease has not changed at all since it was seen: same object, same holder, no renewal. */
export function isUnchanged(lease: StoredLease, before: LeaseSpecSeen): boolean {
  const now = seen(lease);
  return (
    now.uid === before.uid &&
    now.holder === before.holder &&
    now.acquireTime === before.acquireTime &&
    now.renewTime === before.renewTime &&
    now.durationSeconds === before.durationSeconds
  );
}

export interface Acquisition {
  /** Unique for this acquisition (H24). */
  readonly identity: string;
  readonly leaseSeconds: number;
  /** For people, RFC 3339 with microseconds. */
  readonly time: string;
}

/**
 * The lease taken. An allocator's name is kept beside: a report is valid while no later allocator's is there; and its instance lives,
 * whatever was noted. A reclaimer takes all requests away: those of runs that died would pile up (H49), and one that lives
 * finds the lease taken and its own request gone, and asks again.
 */
export function taken(lease: StoredLease, by: Acquisition, allocator: boolean): StoredLease {
  const { metadata } = allocator ? takenByAllocator(lease, by) : withoutRequests(lease);
  return {
    ...lease,
    metadata: { ...metadata, labels: { ...metadata.labels, ...labelsOf(metadata.name) } },
    spec: {
      ...lease.spec,
      holderIdentity: by.identity,
      leaseDurationSeconds: by.leaseSeconds,
      acquireTime: by.time,
      renewTime: by.time,
      leaseTransitions: (lease.spec.leaseTransitions ?? 0) + 1,
    },
  };
}

function takenByAllocator({ metadata, ...lease }: StoredLease, { identity }: Acquisition): StoredLease {
  const { [ANNOTATION.goneSince]: _lives, ...annotations } = metadata.annotations ?? {};
  return {
    ...lease,
    metadata: { ...metadata, annotations: { ...annotations, [ANNOTATION.lastAllocator]: identity } },
  };
}

/** By it a lease is known for a node's, whatever else lies in the namespace. */
const labelsOf = (nodeName: string) => ({ [LABEL.node]: labelValue(nodeName) });

/** Whether a Lease of our namespace is a node's, as its metadata tells: anything else is not ours to touch. */
export const isNodeLease = ({ labels, annotations }: ObjectMeta): boolean =>
  labels?.[LABEL.node] !== undefined ||
  annotations?.[ANNOTATION.lastAllocator] !== undefined ||
  carriesRequests({ annotations });

/** A time as metav1.MicroTime prints it (Kubernetes API, "MicroTime"). */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}

export function renewed(lease: StoredLease, time: string): StoredLease {
  return { ...lease, spec: { ...lease.spec, renewTime: time } };
}

/** The lease free again. */
export function givenBack(lease: StoredLease): StoredLease {
  return { ...lease, spec: { ...lease.spec, holderIdentity: "" } };
}

export function newLease(namespace: string, name: string, by: Acquisition): Lease {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace, name, labels: labelsOf(name) },
    spec: {
      holderIdentity: by.identity,
      leaseDurationSeconds: by.leaseSeconds,
      acquireTime: by.time,
      renewTime: by.time,
      leaseTransitions: 1,
    },
  };
}

export const lastAllocator = (lease: Lease): string | undefined =>
  lease.metadata.annotations?.[ANNOTATION.lastAllocator];

/** The instance of whichever allocator held the lease last, as its identity tells: `kind/node/instance/unique`. */
export function lastInstance(lease: Lease): string | undefined {
  const [_kind, _node, instanceID] = (lastAllocator(lease) ?? "").split("/");
  return instanceID?.startsWith("i-") === true ? instanceID : undefined;
}

/** A hand-over request: an annotation of its own each, so that no two reset one another (H72). */
export interface HandOverRequest {
  readonly id: string;
  /** How long it stands from when the allocator first sees it; then it counts no more. */
  readonly seconds: number;
}

/** The longest that a reclaimer may be set to wait; what says more was put there by hand. */
export const LONGEST_REQUEST_SECONDS = 120;

const keyOf = (id: string): string => `${ANNOTATION.handOverRequestPrefix}${id}`;

export function withRequest(lease: StoredLease, request: HandOverRequest): StoredLease {
  return annotated(lease, { [keyOf(request.id)]: String(request.seconds) });
}

export function withoutRequest(lease: StoredLease, id: string): StoredLease {
  const { [keyOf(id)]: _gone, ...annotations } = lease.metadata.annotations ?? {};
  return { ...lease, metadata: { ...lease.metadata, annotations } };
}

/** The requests that stand unanswered. */
export function requestsOf(lease: Lease): readonly HandOverRequest[] {
  return Object.entries(lease.metadata.annotations ?? {}).flatMap(([key, value]) => {
    if (!key.startsWith(ANNOTATION.handOverRequestPrefix) || value === ANSWERED) return [];
    const seconds = Math.min(LONGEST_REQUEST_SECONDS, Number(value));
    return seconds > 0 ? [{ id: key.slice(ANNOTATION.handOverRequestPrefix.length), seconds }] : [];
  });
}

/** What an allocator writes when it hands over: the lease free, every request answered. Its report is written before. */
export function handedOver(lease: StoredLease): StoredLease {
  const answers = Object.fromEntries(requestsOf(lease).map(({ id }) => [keyOf(id), ANSWERED]));
  return annotated(givenBack(lease), answers);
}

/** Whether a request is there, answered or not. */
export const hasRequest = (lease: Lease, id: string): boolean =>
  lease.metadata.annotations?.[keyOf(id)] !== undefined;

export const isAnswered = (lease: Lease, id: string): boolean =>
  lease.metadata.annotations?.[keyOf(id)] === ANSWERED;

const isRequest = (key: string): boolean => key.startsWith(ANNOTATION.handOverRequestPrefix);

/** Whether requests are there, answered or not, whoever's they are. */
export const carriesRequests = ({ annotations = {} }: Pick<ObjectMeta, "annotations">): boolean =>
  Object.keys(annotations).some(isRequest);

/**
 * The lease without requests, answered or not. Whoever waits for an answer yet sees that his own is gone, and asks again.
 *
 * @param stays by ID: those that nothing is done to
 */
export function withoutRequests(
  lease: StoredLease,
  stays: (id: string) => boolean = () => false,
): StoredLease {
  const kept = Object.entries(lease.metadata.annotations ?? {}).filter(
    ([key]) => !isRequest(key) || stays(key.slice(ANNOTATION.handOverRequestPrefix.length)),
  );
  return { ...lease, metadata: { ...lease.metadata, annotations: Object.fromEntries(kept) } };
}

function annotated(lease: StoredLease, annotations: Readonly<Record<string, string>>): StoredLease {
  const all = { ...lease.metadata.annotations, ...annotations };
  return { ...lease, metadata: { ...lease.metadata, annotations: all } };
}
