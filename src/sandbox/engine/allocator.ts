import { withMirror } from "../../adapters/kubernetes/labels.ts";
import { type Address, parseAddress } from "../../domain/address.ts";
import {
  handedOver,
  isFree,
  isUnchanged,
  type LeaseSpecSeen,
  newLease,
  requestsOf,
  seen,
  taken,
} from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { claimOf, type Place, type SandboxNode, type SandboxPod } from "./node.ts";

const COOLING_MILLISECONDS = 30_000;
const LEASE_SECONDS = 15;

/**
 * A small model of an allocator that honours the node lease (design §4.1 to §4.4): it hands out addresses by creating
 * their VpcIP, looks at its config again after that, adds each new keeper before it removes the old one, stops while a
 * request is fresh, and hands over with its report. The real node side takes its place in time.
 */
export class Allocator {
  readonly node: SandboxNode;
  #identity: string | undefined;
  #isBusy = false;
  #isHandingOver = false;
  #isStopped = false;
  #acquisitions = 0;
  #pods = 0;
  /** Requests by when they end, in own time from when they were first seen. */
  readonly #requests = new Map<string, number>();
  /** Somebody else's lease as it was first seen, and when. */
  #seen: { readonly lease: LeaseSpecSeen; readonly at: number } | undefined;
  /** Tells this one from those that were here before: identities never come twice. */
  readonly #life: string;
  readonly #unsubscribe: () => void;

  constructor(node: SandboxNode) {
    this.node = node;
    this.#life = Math.floor(node.world.random() * 2 ** 32).toString(16);
    this.#unsubscribe = node.world.kubernetes.onChange(({ resource, object }) => {
      if (resource.plural === "leases" && object.metadata.name === node.name) this.#noticeSoon();
    });
    this.#workOnce();
  }

  /** Killed: it answers nothing any more; what it wrote stays. */
  kill(): void {
    this.#isStopped = true;
    this.#unsubscribe();
  }

  /** Starts a Pod, as a kubelet would by CNI ADD. Undefined where no address is to be had, or the world is stopped. */
  async startPod(): Promise<SandboxPod | undefined> {
    return this.#operation(async () => {
      for (let tries = 0; tries < 5; tries++) {
        const place = this.#choose();
        if (place === undefined) return undefined;
        await this.#breath();
        const pod = this.#handOut(place);
        if (pod !== undefined) return pod;
      }
      return undefined;
    });
  }

  /** Ends a Pod's sandbox, as a kubelet would by CNI DEL. */
  async stopPod(pod: SandboxPod): Promise<void> {
    await this.#operation(async () => {
      const { world } = this.node;
      const { address, interfaceID } = pod;
      const until = new Date(world.clock.now() + COOLING_MILLISECONDS).toISOString();
      this.node.endSandbox(pod);
      world.truth.need(address, interfaceID, "cooling");
      this.node.updateStatus((status) => ({
        ...status,
        cooling: [...(status.cooling ?? []), { address, interfaceID, until }],
      }));
      await this.#breath();
      world.api.delete("vpcips", { name: address });
      world.kubernetes.erase("pods", pod.name, pod.namespace);
      return undefined;
    });
  }

  /** One operation under the lease. It ends with the report where there is no daemon to be asked for it. */
  async #operation<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    if (this.#isBusy || this.#isStopped || !this.#isAllowed() || !this.#acquire()) return undefined;
    this.#isBusy = true;
    try {
      this.#warmUp();
      return await work();
    } finally {
      this.#isBusy = false;
      if (this.node.allocator === "cni") this.#handOver();
      else if (this.#hasRequest()) this.#noticeSoon();
    }
  }

  /** Never hands out what a tombstone binds to the interface, nor what one of its own sandboxes has. */
  #choose(): Place | undefined {
    const own = new Set([...this.node.pods.values()].map(({ address }) => address));
    for (const { address: text, interfaceID } of this.node.status.pool ?? []) {
      const address = parseAddress(text);
      if (address === undefined || own.has(address)) continue;
      const record = this.#record(address);
      if (record === undefined || canAdopt(record, interfaceID)) return { address, interfaceID };
    }
    return undefined;
  }

  /** Design §4.4a: the VpcIP first, then the config again. */
  #handOut(place: Place): SandboxPod | undefined {
    const { world, name } = this.node;
    const pod: SandboxPod = {
      ...place,
      uid: `churn-${name}-${++this.#pods}`,
      name: `churn-${this.#pods}-${name}`,
      namespace: "default",
      containerID: `churn-${name}-${this.#pods}`,
    };
    if (!this.#claim(pod)) return undefined;
    const isStillPooled = this.node.status.pool?.some(
      ({ address, interfaceID }) => address === place.address && interfaceID === place.interfaceID,
    );
    if (isStillPooled !== true) {
      world.api.delete("vpcips", { name: place.address });
      return undefined;
    }
    this.node.startSandbox(pod);
    this.node.layPod(pod, { phase: "Running", podIP: pod.address });
    this.node.updateStatus((status) => ({
      ...status,
      pool: (status.pool ?? []).filter(({ address }) => address !== place.address),
    }));
    return pod;
  }

  #claim(pod: SandboxPod): boolean {
    const { world } = this.node;
    const record = this.#record(pod.address);
    if (record === undefined) {
      this.node.layRecord(pod, { claim: claimOf(pod) });
      return true;
    }
    if (!canAdopt(record, pod.interfaceID)) return false;
    const { leak: _leak, ...spec } = record.spec;
    const { name: nodeName, instanceID } = this.node;
    const adopted = { ...spec, nodeName, instanceID, interfaceID: pod.interfaceID, claim: claimOf(pod) };
    return world.api.replace("vpcips", withMirror({ ...record, spec: adopted })).status < 300;
  }

  #record(address: Address): StoredVpcIP | undefined {
    return this.node.world.api.get<StoredVpcIP>("vpcips", { name: address });
  }

  /** What has cooled down goes back into the pool. */
  #warmUp(): void {
    const now = this.node.world.clock.now();
    const over = (this.node.status.cooling ?? []).filter(({ until }) => Date.parse(until) <= now);
    if (over.length === 0) return;
    this.node.updateStatus((status) => ({
      ...status,
      pool: [...(status.pool ?? []), ...over.map(({ address, interfaceID }) => ({ address, interfaceID }))],
      cooling: (status.cooling ?? []).filter(({ until }) => Date.parse(until) > now),
    }));
    for (const { address, interfaceID } of over) {
      this.node.world.truth.need(address as Address, interfaceID, "pool");
    }
  }

  #lease(): StoredLease | undefined {
    return this.node.world.api.get<StoredLease>("leases", {
      namespace: SYSTEM_NAMESPACE,
      name: this.node.name,
    });
  }

  #acquire(): boolean {
    const lease = this.#lease();
    if (this.#identity !== undefined && lease?.spec.holderIdentity === this.#identity) return true;
    const { api, clock } = this.node.world;
    const identity = `${this.node.allocator}/${this.node.name}/${this.#life}/${++this.#acquisitions}`;
    const by = {
      identity,
      leaseSeconds: LEASE_SECONDS,
      time: new Date(clock.now()).toISOString().replace("Z", "000Z"),
    };
    if (lease === undefined) {
      const made = newLease(SYSTEM_NAMESPACE, this.node.name, by);
      const annotations = { [ANNOTATION.lastAllocator]: identity };
      if (
        api.create("leases", { ...made, metadata: { ...made.metadata, name: this.node.name, annotations } })
          .status >= 300
      )
        return false;
    } else if (!this.#mayTake(lease) || api.replace("leases", taken(lease, by, true)).status >= 300)
      return false;
    this.#identity = identity;
    return true;
  }

  /** A free lease, or one that stood unchanged for its whole term in own time: its holder is gone. */
  #mayTake(lease: StoredLease): boolean {
    if (isFree(lease)) return true;
    const now = this.node.world.clock.now();
    if (this.#seen === undefined || !isUnchanged(lease, this.#seen.lease)) {
      this.#seen = { lease: seen(lease), at: now };
    }
    return now - this.#seen.at >= this.#seen.lease.durationSeconds * 1000;
  }

  /** No new operation starts while a request is fresh: from when it was first seen, for as long as it says. */
  #isAllowed(): boolean {
    this.#lookForRequests();
    const now = this.node.world.clock.now();
    return ![...this.#requests.values()].some((end) => end > now);
  }

  #hasRequest(): boolean {
    return !this.#isAllowed();
  }

  #hasUnanswered(): boolean {
    const lease = this.#lease();
    return this.#hasRequest() && lease !== undefined && requestsOf(lease).length > 0;
  }

  #lookForRequests(): void {
    const now = this.node.world.clock.now();
    const annotations = this.#lease()?.metadata.annotations ?? {};
    for (const id of [...this.#requests.keys()]) if (annotations[id] === undefined) this.#requests.delete(id);
    for (const [key, value] of Object.entries(annotations)) {
      if (!key.startsWith(ANNOTATION.handOverRequestPrefix) || this.#requests.has(key)) continue;
      const seconds = Number(value);
      if (Number.isFinite(seconds)) this.#requests.set(key, now + seconds * 1000);
    }
  }

  #noticeSoon(): void {
    if (this.#isStopped || this.#isHandingOver || this.node.allocator === "cni") return;
    this.#isHandingOver = true;
    const { clock, random } = this.node.world;
    void clock.sleep(3 + random() * 20).then(() => {
      this.#isHandingOver = false;
      if (!this.#isStopped && !this.#isBusy && this.#hasUnanswered()) this.#handOver();
    });
  }

  /** The report first, then the lease. Idle, it takes the lease for that. */
  #handOver(): void {
    const lease = this.#acquire() ? this.#lease() : undefined;
    if (lease === undefined || this.#identity === undefined) return;
    const reportedUnder = this.#identity;
    this.node.updateStatus((status) => ({
      ...status,
      inUse: this.node.sandboxes(),
      reportedUnder,
      bootID: this.node.bootID,
    }));
    this.node.world.api.replace("leases", handedOver(lease));
    this.#identity = undefined;
  }

  /** Its first work on the node: it acquires, and without a daemon reports at once. */
  #workOnce(): void {
    if (this.#acquire() && this.node.allocator === "cni") this.#handOver();
  }

  /** Time in which others come in between. */
  #breath(): Promise<void> {
    const { clock, random } = this.node.world;
    return clock.sleep(random() * 3);
  }
}

/** A mark may be turned into a claim; an intent may not, nor what a tombstone binds to this interface. */
function canAdopt({ spec }: StoredVpcIP, interfaceID: string): boolean {
  const isBound = (spec.tombstones ?? []).some((tombstone) => tombstone.interfaceID === interfaceID);
  return spec.claim === undefined && spec.release === undefined && !isBound;
}
