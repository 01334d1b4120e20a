import type { Added, AddRequest, AgentPorts, NodeAllocator } from "../../agent/index.ts";
import { type Address, parseAddress } from "../../domain/address.ts";
import {
  handedOver,
  isFree,
  isUnchanged,
  type LeaseSpecSeen,
  newLease,
  renewed,
  requestsOf,
  seen,
  taken,
} from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import { ANNOTATION, API_GROUP, API_VERSION, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { NodeENIConfigStatus, StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";

const LEASE_SECONDS = 15;
const COOLING_MILLISECONDS = 30_000;
const POOL = { min: 1, max: 3 };

/** A small model of an allocator that takes part in the lease (design §4.1 to §4.4). */
export class ModelAllocator implements NodeAllocator {
  readonly #ports: AgentPorts;
  readonly #kind: "ipamd" | "cni";
  #lease: StoredLease | undefined;
  #leaseEnd = 0;
  #last: Promise<unknown> = Promise.resolve();
  #isReady = false;
  #seen: { readonly lease: LeaseSpecSeen; readonly at: number } | undefined;
  readonly #requests = new Map<string, number>();

  constructor(ports: AgentPorts, kind: "ipamd" | "cni") {
    this.#ports = ports;
    this.#kind = kind;
  }

  add(request: AddRequest): Promise<Added> {
    return this.#operation<Added>({ kind: "again", why: "the world is stopped" }, () => this.#add(request));
  }

  del(containerID: string): Promise<"done" | "again"> {
    return this.#operation<"done" | "again">("again", () => this.#del(containerID));
  }

  maintain(): Promise<void> {
    return this.#operation<void>(undefined, async () => {
      await this.#dropDead();
      await this.#warmUp();
      await this.#refill();
    });
  }

  leaseChanged(): Promise<void> {
    if (this.#kind === "cni") return Promise.resolve();
    return this.#alone(async () => {
      const found = await this.#ports.leases.get(this.#ports.host.nodeName);
      if (!found.found || !found.object.readable) return;
      this.#note(found.object.object);
      if (requestsOf(found.object.object).length > 0) await this.#handOver();
    });
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #operation<T>(refused: T, work: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      if (!(await this.#acquire())) return refused;
      try {
        if (!this.#isReady) await this.#start();
        return await work();
      } finally {
        if (this.#kind === "cni") await this.#handOver();
      }
    });
  }

  async #add(request: AddRequest): Promise<Added> {
    const { host, writer, cluster } = this.#ports;
    const own = host.sandboxes().find(({ containerID }) => containerID === request.containerID);
    if (own !== undefined) return { kind: "added", address: own.address, interfaceID: own.interfaceID };
    const used = new Set<string>(host.sandboxes().map(({ address }) => address));
    const config = await this.#config();
    const claim = {
      namespace: request.namespace,
      name: request.name,
      podUID: request.podUID,
      containerID: request.containerID,
    };
    for (const { address: text, interfaceID } of config.status?.pool ?? []) {
      const address = parseAddress(text);
      if (address === undefined || used.has(address)) continue;
      const spec = { nodeName: host.nodeName, instanceID: host.instanceID, interfaceID, claim };
      let record: StoredVpcIP;
      const created = await writer.createVpcIP({
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: "VpcIP",
        metadata: { name: address },
        spec,
      });
      if (created.outcome === "created") record = created.object;
      else {
        const found = await cluster.getVpcIP(address);
        if (!found.found || !found.object.readable) continue;
        const there = found.object.object;
        const isOwn = there.spec.claim?.containerID === request.containerID;
        const isMark =
          there.spec.claim === undefined &&
          there.spec.release === undefined &&
          !(there.spec.tombstones ?? []).some((bound) => bound.interfaceID === interfaceID);
        if (!isOwn && !isMark) continue;
        const { leak: _leak, ...rest } = there.spec;
        const adopted = await writer.replaceVpcIP({ ...there, spec: { ...rest, ...spec } });
        if (adopted.outcome !== "replaced") continue;
        record = adopted.object;
      }
      const again = await this.#config();
      if (
        again.status?.pool?.some(
          (entry) => entry.address === address && entry.interfaceID === interfaceID,
        ) !== true
      ) {
        await writer.deleteVpcIP(record);
        continue;
      }
      const pool = (again.status.pool ?? []).filter((entry) => entry.address !== address);
      if (!(await this.#write(again, { ...again.status, pool })))
        return { kind: "again", why: "the config changed" };
      await host.connect({
        containerID: request.containerID,
        address,
        interfaceID,
        podUID: request.podUID,
        podNamespace: request.namespace,
        podName: request.name,
      });
      return { kind: "added", address, interfaceID };
    }
    await this.#refill();
    return { kind: "again", why: "the pool is empty" };
  }

  async #del(containerID: string): Promise<"done" | "again"> {
    const { host } = this.#ports;
    await host.disconnect(containerID);
    return (await this.#cool((record) => record.spec.claim?.containerID === containerID)) ? "done" : "again";
  }

  async #dropDead(): Promise<void> {
    const live = new Set(this.#ports.host.sandboxes().map(({ containerID }) => containerID));
    await this.#cool(
      ({ spec }) =>
        spec.claim !== undefined && spec.claim.uid === undefined && !live.has(spec.claim.containerID),
    );
  }

  /** First the cooling entry, then the VpcIP goes. */
  async #cool(isMeant: (record: StoredVpcIP) => boolean): Promise<boolean> {
    const { cluster, writer, host, clock } = this.#ports;
    for (const parsed of await cluster.listVpcIPsOfNode(host.nodeName)) {
      if (!parsed.readable || !isMeant(parsed.object)) continue;
      const record = parsed.object;
      if (record.spec.instanceID !== host.instanceID) continue;
      const { interfaceID, release } = record.spec;
      const address = record.metadata.name;
      if (interfaceID !== undefined && release === undefined) {
        const config = await this.#config();
        const isThere = config.status?.cooling?.some((entry) => entry.address === address) === true;
        const until = new Date(clock.now() + COOLING_MILLISECONDS).toISOString();
        const cooling = [...(config.status?.cooling ?? []), { address, interfaceID, until }];
        if (!isThere && !(await this.#write(config, { ...config.status, cooling }))) return false;
      }
      if ((await writer.deleteVpcIP(record)).outcome === "conflict") return false;
    }
    return true;
  }

  async #warmUp(): Promise<void> {
    const config = await this.#config();
    const now = this.#ports.clock.now();
    const over = (config.status?.cooling ?? []).filter(({ until }) => Date.parse(until) <= now);
    if (over.length === 0) return;
    await this.#write(config, {
      ...config.status,
      pool: [
        ...(config.status?.pool ?? []),
        ...over.map(({ address, interfaceID }) => ({ address, interfaceID })),
      ],
      cooling: (config.status?.cooling ?? []).filter(({ until }) => Date.parse(until) > now),
    });
  }

  async #refill(): Promise<void> {
    const config = await this.#config();
    const { pool = [], interfaces = [], refills = [] } = config.status ?? {};
    if (pool.length >= POOL.min) return;
    const now = this.#ports.clock.now();
    const [target] = interfaces;
    if (target === undefined) return;
    const id = this.#ports.identities.unique();
    const open = {
      id,
      interfaceID: target.id,
      count: POOL.max - pool.length,
      startedAt: new Date(now).toISOString(),
    };
    const young = refills.filter(({ startedAt }) => now - Date.parse(startedAt) < 60_000);
    const written = await this.#write(config, { ...config.status, refills: [...young, open] });
    if (!written) return;
    let addresses: readonly Address[] = [];
    try {
      const answer = await this.#ports.assigner.assign({ interfaceID: target.id, count: open.count });
      if (answer.kind === "done") addresses = answer.addresses;
    } catch {
      // Whatever came of it is found by the collector.
    }
    const after = await this.#config();
    if (after.status?.refills?.some((refill) => refill.id === id) !== true) return;
    await this.#write(after, {
      ...after.status,
      refills: after.status.refills.filter((refill) => refill.id !== id),
      pool: [
        ...(after.status.pool ?? []),
        ...addresses.map((address) => ({ address, interfaceID: target.id })),
      ],
    });
  }

  async #config(): Promise<StoredNodeENIConfig> {
    const found = await this.#ports.cluster.getNodeConfig(this.#ports.host.nodeName);
    if (!found.found || !found.object.readable) throw new Error("no NodeENIConfig");
    return found.object.object;
  }

  async #write(config: StoredNodeENIConfig, status: NodeENIConfigStatus): Promise<boolean> {
    return (await this.#ports.writer.replaceNodeConfigStatus({ ...config, status })).outcome === "replaced";
  }

  /** The first work of this process: the config is of this instance and boot. */
  async #start(): Promise<void> {
    const { host } = this.#ports;
    const config = await this.#config();
    const { status = {} } = config;
    const isSame = status.instanceID === host.instanceID;
    if (isSame && status.bootID === host.bootID) {
      this.#isReady = true;
      return;
    }
    const kept = isSame ? status : { sweepEpoch: (status.sweepEpoch ?? 0) + 1 };
    const { inUse: _inUse, reportedUnder: _reportedUnder, ...rest } = kept as NodeENIConfigStatus;
    const interfaces = await this.#ports.cloud.interfacesOfInstance(host.instanceID);
    const fresh = {
      ...rest,
      allocator: this.#kind,
      instanceID: host.instanceID,
      bootID: host.bootID,
      interfaces: interfaces.map(({ id }) => ({ id, state: "Attached" as const })),
      refills: [],
    };
    this.#isReady = await this.#write(config, fresh);
    if (!this.#isReady) throw new Error("the config changed");
  }

  #note(lease: StoredLease): void {
    const now = this.#ports.clock.now();
    const ids = new Set(requestsOf(lease).map(({ id }) => id));
    for (const id of [...this.#requests.keys()]) if (!ids.has(id)) this.#requests.delete(id);
    for (const { id, seconds } of requestsOf(lease))
      if (!this.#requests.has(id)) this.#requests.set(id, now + seconds * 1000);
  }

  async #acquire(isForHandOver = false): Promise<boolean> {
    const { leases, host, clock, identities } = this.#ports;
    const now = clock.now();
    const by = {
      identity: `${this.#kind}/${host.nodeName}/${identities.unique()}`,
      leaseSeconds: LEASE_SECONDS,
      time: new Date(now).toISOString().replace("Z", "000Z"),
    };
    const found = await leases.get(host.nodeName);
    if (!found.found) {
      const made = newLease(SYSTEM_NAMESPACE, host.nodeName, by);
      const answer = await leases.create({
        ...made,
        metadata: { ...made.metadata, annotations: { [ANNOTATION.lastAllocator]: by.identity } },
      });
      if (answer.outcome !== "created") return false;
      return this.#hold(answer.object, now);
    }
    if (!found.object.readable) return false;
    const lease = found.object.object;
    this.#note(lease);
    if (!isForHandOver && [...this.#requests.values()].some((end) => end > now)) return false;
    const isOurs = this.#lease !== undefined && lease.spec.holderIdentity === this.#lease.spec.holderIdentity;
    if (isOurs && now < this.#leaseEnd) {
      const answer = await leases.replace(renewed(lease, by.time));
      return answer.outcome === "replaced" && this.#hold(answer.object, now);
    }
    if (!isOurs && !isFree(lease)) {
      const isOwnKind = lease.spec.holderIdentity?.startsWith(`${this.#kind}/${host.nodeName}/`) === true;
      if (this.#seen === undefined || !isUnchanged(lease, this.#seen.lease))
        this.#seen = { lease: seen(lease), at: now };
      if (!isOwnKind && now - this.#seen.at < this.#seen.lease.durationSeconds * 1000) return false;
    }
    const answer = await leases.replace(taken(lease, by, true));
    return answer.outcome === "replaced" && this.#hold(answer.object, now);
  }

  #hold(lease: StoredLease, at: number): true {
    this.#lease = lease;
    this.#leaseEnd = at + LEASE_SECONDS * 1000;
    return true;
  }

  async #handOver(): Promise<void> {
    const { host, leases } = this.#ports;
    if (!(await this.#acquire(true)) || this.#lease === undefined) return;
    const lease = this.#lease;
    const config = await this.#config();
    const inUse = host.sandboxes().map(({ address, interfaceID, containerID, podUID }) => ({
      address,
      interfaceID,
      containerID,
      podUID,
    }));
    const reportedUnder = lease.spec.holderIdentity ?? "";
    if (!(await this.#write(config, { ...config.status, inUse, reportedUnder, bootID: host.bootID }))) return;
    await leases.replace(handedOver(lease));
    this.#lease = undefined;
  }
}
