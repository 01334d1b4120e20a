import {
  createDaemonless,
  createIpamd,
  DEFAULT_AGENT_SETTINGS,
  type NodeAllocator,
} from "../../agent/index.ts";
import type { AssignAnswer, CloudAssigner } from "../../ports/assigner.ts";
import { inProcessAgentPorts, Line, LockFile, machineOf } from "../in-process/index.ts";
import type { SandboxNode, SandboxPod } from "./node.ts";

export interface AllocatorOptions {
  /** EC2 gives this node no address: its pool is what was laid, and what somebody puts into it. */
  readonly isSubnetFull?: boolean;
}

/** A watch tells of a changed Lease so soon. */
const WATCH_MILLISECONDS = 10;
/** The kubelet asks again so often, and so soon. */
const DEL_TRIES = 30;
const KUBELET_MILLISECONDS = 1_000;
/** A sandbox that never was. */
const NOBODY = "none";

/** By node: processes come and go, the machine's lock file stays. */
const lockFiles = new WeakMap<SandboxNode, LockFile>();

/**
 * A node's real allocator (src/agent) as its kubelet drives it: Pods start and end when told, and a request for the lease is
 * answered as soon as the watch tells of it. Its upkeep does not run by itself, so that what was laid on the node stays.
 */
export class Allocator {
  readonly node: SandboxNode;
  readonly #options: AllocatorOptions;
  #line = new Line();
  readonly #unsubscribe: () => void;
  readonly #life: string;
  #daemon: Promise<NodeAllocator> | undefined;
  #isLooking = false;
  #pods = 0;

  private constructor(node: SandboxNode, options: AllocatorOptions) {
    this.node = node;
    this.#options = options;
    this.#life = Math.floor(node.world.random() * 2 ** 32).toString(16);
    this.#unsubscribe = node.world.kubernetes.onChange(({ resource, object }) => {
      if (resource.plural === "leases" && object.metadata.name === node.name) this.#leaseChanged();
    });
  }

  /** With its first work done: it has the lease, or, where there is no daemon, has reported and given it back. */
  static async start(node: SandboxNode, options: AllocatorOptions = {}): Promise<Allocator> {
    const allocator = new Allocator(node, options);
    await allocator.#run((real) => real.del(NOBODY));
    return allocator;
  }

  /** `kill -9`: what it wrote stays. */
  kill(): void {
    this.#unsubscribe();
    this.#line.kill();
  }

  /** `kill -9`, until it is started again. */
  halt(): void {
    this.#line.kill();
  }

  /** With its first work done, as at its start. */
  async restart(): Promise<void> {
    this.#line = new Line();
    this.#daemon = undefined;
    await this.#run((real) => real.del(NOBODY));
  }

  /** A Pod that the kubelet starts by CNI ADD. Undefined where it gets no address, or the world is stopped for long. */
  async startPod(): Promise<SandboxPod | undefined> {
    const { node } = this;
    const { name, world } = node;
    const nth = ++this.#pods;
    const id = `churn-${name}-${this.#life}-${nth}`;
    const pod = { namespace: "default", name: `churn-${nth}-${name}-${this.#life}` };
    const uid = await world.podObjects.bind(name, pod, id);
    const added = await this.#run((real) => real.add({ ...pod, podUID: uid, containerID: id }));
    if (added?.kind !== "added") {
      await world.podObjects.remove(pod);
      return undefined;
    }
    await world.podObjects.run(name, { ...pod, uid }, added.address);
    return node.pods.get(id);
  }

  /** A Pod that the kubelet ends: CNI DEL until it is done, then the Pod's object goes. */
  async stopPod({ containerID, name, namespace }: SandboxPod): Promise<void> {
    const { clock, podObjects } = this.node.world;
    for (let tries = 0; tries < DEL_TRIES; tries++) {
      const answer = await this.#run((real) => real.del(containerID));
      if (answer === "done") await podObjects.remove({ name, namespace });
      if (answer !== "again") return;
      await clock.sleep(KUBELET_MILLISECONDS);
    }
  }

  /** Undefined: it is dead. */
  #run<T>(work: (real: NodeAllocator) => Promise<T>): Promise<T | undefined> {
    const killed = this.#line.killed.then(() => undefined);
    if (this.#line.isDead) return killed;
    return Promise.race([this.#process().then(work), killed]);
  }

  /** The daemon, or a process for this one call. */
  #process(): Promise<NodeAllocator> {
    if (this.node.allocator === "cni") return this.#begin();
    this.#daemon ??= this.#begin();
    return this.#daemon;
  }

  async #begin(): Promise<NodeAllocator> {
    const { node } = this;
    const real = inProcessAgentPorts(node.world, machineOf(node), { line: this.#line });
    const ports = this.#options.isSubnetFull === true ? { ...real, assigner: NOTHING_LEFT } : real;
    const file = lockFileOf(node).seenBy(this.#line, ports.clock);
    if (node.allocator === "cni") return createDaemonless(ports, DEFAULT_AGENT_SETTINGS, file);
    const lock = await file.acquire(0);
    if (lock === undefined) throw new Error(`another ipamd lives on ${node.name}`);
    return createIpamd(ports, DEFAULT_AGENT_SETTINGS, lock);
  }

  #leaseChanged(): void {
    if (this.node.allocator === "cni" || this.#isLooking) return;
    this.#isLooking = true;
    void this.node.world.clock.sleep(WATCH_MILLISECONDS).then(() => {
      this.#isLooking = false;
      return this.#run((real) => real.leaseChanged());
    });
  }
}

const NOTHING_LEFT: CloudAssigner = {
  assign: async (): Promise<AssignAnswer> => ({
    kind: "refused",
    code: "InsufficientFreeAddressesInSubnet",
    message: "the subnet is full",
  }),
};

function lockFileOf(node: SandboxNode): LockFile {
  const file = lockFiles.get(node) ?? new LockFile();
  lockFiles.set(node, file);
  return file;
}
