/** A cluster in this process, with short words for what happens in it. Time is virtual, every call can be made to fail. */
import { readSweepMessage } from "../../src/adapters/sqs/message.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { ANNOTATION, FREEZE_CONFIG_MAP, SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import type { SweepMessage } from "../../src/ports/queue.ts";
import { clean, collect, sweep } from "../../src/reclaimer/index.ts";
import type {
  CleanRequest,
  CleanSummary,
  CollectRequest,
  CollectSummary,
  SweepSummary,
} from "../../src/reclaimer/requests.ts";
import { DEFAULT_SETTINGS, type Settings, type SweepPorts } from "../../src/reclaimer/settings.ts";
import { Allocator } from "../../src/sandbox/engine/allocator.ts";
import { type NodeSeed, SandboxNode } from "../../src/sandbox/engine/node.ts";
import { CLUSTER_NAME, RECLAIMER_KEY, RECLAIMER_USER, START, World } from "../../src/sandbox/engine/world.ts";
import type { Fault } from "../../src/sandbox/http/faults.ts";
import { inProcessPorts, Line, ManualClock, MirrorCell } from "../../src/sandbox/in-process/index.ts";
import type { KubeObject } from "../../src/sandbox/kubernetes/index.ts";
import { Heard } from "./heard.ts";

/** An error of EC2, and the calls that meet it. */
type Refusal = Extract<Fault, { kind: "error" }>;

export const CIDR = "10.0.0.0/24";
/** A queue is drained as long as its next message is due within this. */
const SOON_MILLISECONDS = 16 * 60_000;

export class Cluster {
  readonly clock = new ManualClock(START);
  readonly world: World;
  readonly subnetID: string;
  readonly heard = new Heard();
  readonly mirror = new MirrorCell();
  readonly allocators = new Map<string, Allocator>();
  /** What runs and messages ended with that did not go well. */
  readonly failures: unknown[] = [];
  settings: Settings;
  readonly #nodes: SandboxNode[] = [];

  constructor(over: Partial<Settings> = {}, seed = 1) {
    this.settings = { ...DEFAULT_SETTINGS, clusterName: CLUSTER_NAME, mode: "release", ...over };
    this.world = new World(seed, this.clock);
    this.subnetID = this.world.ec2.seed.addSubnet({ cidr: CIDR });
  }

  /** A node to lay things on. What is left of its addresses goes into its pool at {@link Cluster.start}. */
  node(name = "a", seed: Partial<NodeSeed> = {}): SandboxNode {
    const more = { extraInterfaces: 0, secondaries: 6, ...seed };
    const node = new SandboxNode(this.world, { name, subnetID: this.subnetID, ...more });
    this.#nodes.push(node);
    return node;
  }

  /** Pools what is spare, starts the allocators of the nodes that have none yet, and installs. */
  async start(): Promise<this> {
    for (const node of this.#nodes) {
      if (this.allocators.has(node.name) || node.isForeign) continue;
      node.poolSpares();
      await this.#startAllocator(node);
    }
    if (this.mirror.state === undefined) await this.collect("due");
    this.heard.clear();
    this.world.kubernetes.calls.clear();
    return this;
  }

  /** The pool of a node is what a test lays: no refill of the node's own comes in between. */
  async #startAllocator(node: SandboxNode): Promise<void> {
    const started = await this.clock.until(Allocator.start(node, { isSubnetFull: true }));
    this.allocators.set(node.name, started);
  }

  /**
   * From now on EC2 refuses such calls, whoever makes them.
   *
   * @param more status of the answer, 400 if absent; which calls, all if absent
   */
  cloudRefuses(action: string, code: string, more: Partial<Refusal> = {}) {
    return this.world.ec2Faults.add({ action, kind: "error", code, status: 400, ...more });
  }

  /** Another process takes the place of the node's allocator, dead or not. */
  async restart(name = "a"): Promise<void> {
    const { node } = this.allocator(name);
    this.allocator(name).kill();
    await this.#startAllocator(node);
  }

  allocator(name = "a"): Allocator {
    const found = this.allocators.get(name);
    if (found === undefined) throw new Error(`no allocator on ${name}`);
    return found;
  }

  /** The ports of one invocation. */
  ports(line = new Line(), skewMilliseconds = 0): SweepPorts {
    const { settings, mirror, heard: notices } = this;
    return inProcessPorts(this.world, { settings, notices, mirror, line, skewMilliseconds });
  }

  /** Lets time pass until the work is over, or its function is killed: then there is no answer. */
  async run<T>(work: (ports: SweepPorts) => Promise<T>, line = new Line(), skew = 0): Promise<T | undefined> {
    const killed = line.killed.then(() => undefined);
    return this.clock.until(Promise.race([work(this.ports(line, skew)), killed]));
  }

  /** Begins a run that goes on while other things are driven; its end is awaited with {@link Cluster.clock}. */
  begin<T>(work: (ports: SweepPorts) => Promise<T>, line = new Line()): Promise<T> {
    const running = work(this.ports(line));
    running.catch(() => undefined);
    return running;
  }

  beginSweep(node = "a", line = new Line()): Promise<SweepSummary> {
    return this.begin((ports) => sweep(ports, this.settings, messageFor(node)), line);
  }

  /** The answer of a run that must not be killed. */
  async #answer<T>(work: (ports: SweepPorts) => Promise<T>, line?: Line): Promise<T> {
    const answer = await this.run(work, line);
    if (answer === undefined) throw new Error("the function was killed");
    return answer;
  }

  collect(request: "leaks" | "due" | CollectRequest, line?: Line): Promise<CollectSummary> {
    const asked = typeof request === "string" ? { kind: request } : request;
    return this.#answer((ports) => collect(ports, this.settings, asked), line);
  }

  /** One message for a node, beside the queue. */
  sweep(node = "a", more: Partial<SweepMessage> = {}, line?: Line): Promise<SweepSummary> {
    return this.#answer((ports) => sweep(ports, this.settings, { ...messageFor(node), ...more }), line);
  }

  clean(request: Partial<CleanRequest> = {}, line?: Line): Promise<CleanSummary> {
    const asked = { requestId: "by-hand", dryRun: false, ...request };
    return this.#answer((ports) => clean(ports, this.settings, asked), line);
  }

  wait(minutes: number): Promise<void> {
    return this.clock.pass(minutes * 60_000);
  }

  /**
   * Takes messages one by one until none is left or due soon. A failed one comes again when it is visible again.
   *
   * @param line of the first message's function
   */
  async drain(line?: Line): Promise<void> {
    const { queue } = this.world;
    let first: Line | undefined = line;
    for (;;) {
      const [message] = queue.receive(1);
      if (message === undefined) {
        const wait = (queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY) - this.clock.now();
        if (wait > SOON_MILLISECONDS) return;
        await this.clock.pass(wait);
        continue;
      }
      const read = readSweepMessage(message.body);
      if (!read.readable) throw new Error(read.why);
      const invocation = first;
      first = undefined;
      try {
        const done = await this.run((ports) => sweep(ports, this.settings, read.object), invocation);
        if (done !== undefined) queue.delete(message.receiptHandle ?? "");
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  /** Marks, lets them age, and sweeps. */
  async day(): Promise<void> {
    await this.collect("leaks");
    await this.drain();
    await this.dueRun(31);
  }

  async dueRun(minutes: number): Promise<void> {
    await this.wait(minutes);
    await this.collect("due");
    await this.drain();
  }

  /** What the schedules do when nothing fails any more: until all is done, or for three hours and a bit. */
  async converge(): Promise<void> {
    await this.drain();
    for (let round = 0; round < 3 && !this.isDone; round++) {
      await this.day();
      for (let run = 0; run < 2 && !this.isDone; run++) await this.dueRun(20);
    }
  }

  get isDone(): boolean {
    return this.leaks.length === 0 && this.unfinished.length === 0;
  }

  /** Addresses given back although a sandbox, a pool or a person needed them, by the simulator's own truth. */
  get wrong(): readonly string[] {
    return this.world.truth.wronglyReleased.map(({ address, need }) => `${address} ${need}`);
  }

  get leaks(): readonly string[] {
    return this.world.truth.leaks().map(({ address }) => address);
  }

  /** Addresses that the functions gave back, by the audit. */
  get released(): readonly string[] {
    return this.heard.audit.filter(({ answer }) => answer === "done").map(({ subject }) => subject);
  }

  record(address: string): StoredVpcIP | undefined {
    return this.world.api.get<StoredVpcIP>("vpcips", { name: address });
  }

  /** Records with a mark, an intent or a tombstone. */
  get unfinished(): readonly string[] {
    return this.world.api
      .list<StoredVpcIP>("vpcips")
      .filter(({ spec }) => spec.leak ?? spec.release ?? spec.tombstones)
      .map(({ metadata }) => metadata.name);
  }

  lease(node = "a"): StoredLease | undefined {
    return this.world.api.get<StoredLease>("leases", { namespace: SYSTEM_NAMESPACE, name: node });
  }

  /** Requests on a node's lease, answered or not. */
  requests(node = "a"): readonly string[] {
    const keys = Object.keys(this.lease(node)?.metadata.annotations ?? {});
    return keys.filter((key) => key.startsWith(ANNOTATION.handOverRequestPrefix));
  }

  /** Whether a Pod gets an address within two minutes. */
  async canStartPod(name = "a"): Promise<boolean> {
    for (let seconds = 0; seconds < 120; seconds += 10) {
      const pod = await this.clock.until(this.allocator(name).startPod());
      if (pod !== undefined) return true;
      await this.clock.pass(10_000);
    }
    return false;
  }

  isMarked(address: string): boolean {
    return address !== "" && this.record(address)?.spec.leak !== undefined;
  }

  has(address: string, interfaceID?: string): boolean {
    return this.world.ec2
      .snapshot()
      .some(
        ({ id, secondary }) =>
          (interfaceID === undefined || id === interfaceID) && secondary.some((item) => item === address),
      );
  }

  /** What a person writes into the freeze object. */
  freeze(data: Readonly<Record<string, string>> = { frozen: "true", reason: "by hand" }): void {
    const map = this.freezeObject();
    if (map === undefined) throw new Error("there is no freeze object");
    this.world.api.replace("configmaps", { ...map, metadata: { ...map.metadata }, data });
  }

  /** A person's word after memory was lost, as `kubectl patch --type merge` writes it (docs/operations.md, "After a restore"). */
  accept(data: Readonly<Record<string, string>> = {}): void {
    const word = { frozen: "false", reason: "", accept: this.world.clusterUID };
    const { reason, ...more } = { ...this.freezeObject()?.data, ...word, ...data };
    this.freeze(reason === "" ? more : { ...more, reason });
  }

  freezeObject(): (KubeObject & { readonly data?: Readonly<Record<string, string>> }) | undefined {
    return this.world.api.get("configmaps", FREEZE_CONFIG_MAP);
  }

  /** Calls of the functions, since {@link Cluster.start}. */
  calls(verb: string, resource: string): number {
    const counts = this.world.kubernetes.calls.byVerb({ user: RECLAIMER_USER, resource });
    return counts[verb] ?? 0;
  }

  cloudCalls(action: string): number {
    return this.world.ec2.calls.byAction(RECLAIMER_KEY)[action] ?? 0;
  }

  /** Does something when the functions make such a call for the nth time, before it takes effect. */
  when(call: { verb?: string; resource?: string; name?: string; nth?: number }, happen: () => void): void {
    const { verb, resource, name, nth = 1 } = call;
    this.world.kubernetes.faults.add({
      ...(verb === undefined ? {} : { verb: verb as "GET" }),
      ...(resource === undefined ? {} : { resource }),
      ...(name === undefined ? {} : { name }),
      user: RECLAIMER_USER,
      nth,
      kind: "delay",
      get until() {
        happen();
        return Promise.resolve();
      },
    });
  }
}

export function messageFor(node: string): SweepMessage {
  return { node, run: "by-hand", attempt: 0, delaySeconds: 0 };
}
