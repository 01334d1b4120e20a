/** A cluster in this process, with short words for what happens in it. Time is virtual, every call can be made to fail. */
import { readSweepMessage } from "../../src/adapters/sqs/message.ts";
import { sweep } from "../../src/reclaimer/index.ts";
import { Allocator } from "../../src/sandbox/engine/allocator.ts";
import { type NodeSeed, SandboxNode } from "../../src/sandbox/engine/node.ts";
import type { Line } from "../../src/sandbox/in-process/index.ts";
import { Invocations } from "./invocations.ts";

/** A queue is drained as long as its next message is due within this. */
const SOON_MILLISECONDS = 16 * 60_000;

export class Cluster extends Invocations {
  readonly allocators = new Map<string, Allocator>();
  /** What runs and messages ended with that did not go well. */
  readonly failures: unknown[] = [];
  readonly #nodes: SandboxNode[] = [];

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

  /** Whether a Pod gets an address within two minutes. */
  async canStartPod(name = "a"): Promise<boolean> {
    for (let seconds = 0; seconds < 120; seconds += 10) {
      const pod = await this.clock.until(this.allocator(name).startPod());
      if (pod !== undefined) return true;
      await this.clock.pass(10_000);
    }
    return false;
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

  /** The daily run, and the sweeps that it asks for. */
  async daily(): Promise<void> {
    await this.collect("leaks");
    await this.drain();
  }

  /** Marks, lets them age, and sweeps. */
  async day(): Promise<void> {
    await this.daily();
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
    for (let round = 0; round < 3 && !this.#isDone; round++) {
      await this.day();
      for (let run = 0; run < 2 && !this.#isDone; run++) await this.dueRun(20);
    }
  }

  get #isDone(): boolean {
    return this.leaks.length === 0 && this.unfinished.length === 0;
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
}
