import type { LiveSandbox } from "../../agent/index.ts";
import { prefixMembers } from "../../domain/address.ts";
import { TAG } from "../../domain/objects/names.ts";
import { CLUSTER_NAME } from "../engine/world.ts";
import { LockFile, type Machine } from "../in-process/index.ts";
import { Agent } from "./agent.ts";
import { Leaks } from "./leaks.ts";
import { NodeObjects } from "./node-objects.ts";
import { attachAlmostOurs } from "./others.ts";
import type { Stage } from "./stage.ts";

const INTERFACES = 2;
const SECONDARIES = 4;
export const ADDRESSES_OF_A_NODE = INTERFACES * (SECONDARIES + 1);

/** A node: an instance with its interfaces, its kernel's sandboxes, and its allocator. */
export class SimNode {
  readonly name: string;
  readonly kind: "ipamd" | "cni";
  readonly instanceID: string;
  bootID: string;
  /** Grows with each boot: what belonged to an earlier one has ended. */
  epoch = 0;
  hasPrefix = false;
  power: "running" | "stopped" | "gone" = "running";
  /** How far the node's clock is ahead. */
  skewMilliseconds = 0;
  readonly sandboxes = new Map<string, LiveSandbox>();
  /** Network namespaces by container: where there is none, nothing can be wired. */
  readonly namespaces = new Set<string>();
  readonly agent: Agent;
  readonly lockFile = new LockFile();
  readonly #stage: Stage;
  readonly #interfaces: string[] = [];
  readonly #objects: NodeObjects;
  /** What it makes leak. */
  readonly leaks: Leaks;
  #awake: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(stage: Stage, name: string, kind: "ipamd" | "cni") {
    this.#stage = stage;
    this.name = name;
    stage.refusals.begins(name);
    this.kind = kind;
    const { world, subnetID, dice } = stage;
    this.instanceID = `i-0${dice.hex(16)}`;
    this.bootID = dice.uuid();
    this.agent = new Agent(stage, this);
    const { interfaceID } = world.ec2.seed.runInstance({
      id: this.instanceID,
      subnetID,
      instanceType: "m5.large",
      primaryInterface: { secondary: SECONDARIES, tags: this.tags() },
    });
    this.#interfaces.push(interfaceID);
    for (let index = 1; index < INTERFACES; index++) this.attach(index);
    if (dice.chance(0.25)) attachAlmostOurs(stage, name, this.instanceID, dice);
    this.#objects = new NodeObjects(stage, this);
    this.leaks = new Leaks(stage, this);
    this.#objects.layNode();
    this.#objects.layConfig();
    stage.log.add(`node ${name}`, `runs on ${this.instanceID}, ${this.#interfaces.join(" ")}`);
  }

  tags(): Readonly<Record<string, string>> {
    return {
      [TAG.clusterName]: CLUSTER_NAME,
      [TAG.clusterUID]: this.#stage.clusterUID,
      [TAG.node]: this.name,
      [TAG.instance]: this.instanceID,
      [TAG.nodeGroup]: "workers",
    };
  }

  attach(deviceIndex: number, deleteOnTermination = true): void {
    const { world, subnetID, dice } = this.#stage;
    const interfaceID = world.ec2.seed.createInterface({
      subnetID,
      secondary: SECONDARIES,
      description: `vpcip ${this.name}`,
      tags: this.tags(),
      attachment: {
        instanceID: this.instanceID,
        deviceIndex,
        deleteOnTermination: deleteOnTermination && !dice.chance(0.2),
      },
    });
    this.#interfaces.push(interfaceID);
  }

  /** The interfaces that its agent has attached, in their order. */
  get interfaces(): readonly string[] {
    return this.#interfaces;
  }

  /** After objects were lost: controllers bring the Node again, or take away one without an instance. */
  lookAtObjects(): void {
    this.#objects.lookAgain();
  }

  /** What its config says that the allocator can hand out. */
  get pooled(): readonly string[] {
    return this.#objects.pooled;
  }

  /**
   * One interface more, with a prefix, of which the allocator hands out so many members.
   *
   * @returns whether there was room for it
   */
  attachPrefix(pooled: number): boolean {
    const { world, prefixSubnetID: subnetID, log } = this.#stage;
    if (!this.#objects.isOwnConfig || world.ec2.free(subnetID).prefixes === 0) return false;
    const attachment = { instanceID: this.instanceID, deviceIndex: INTERFACES };
    const id = world.ec2.seed.createInterface({ subnetID, prefixes: 1, tags: this.tags(), attachment });
    const [block] = world.ec2.snapshot().find((item) => item.id === id)?.prefixes ?? [];
    const members = block === undefined ? [] : prefixMembers(block).slice(3, 3 + pooled);
    log.add(`node ${this.name}`, `has ${block} on ${id}, of it pooled ${members.join(", ")}`);
    this.#objects.listInterface(id, subnetID, members);
    this.hasPrefix = true;
    return true;
  }

  /** Somebody sets the node's clock. */
  setClock(aheadMilliseconds: number): void {
    const { oracle, leases, clock, refusals } = this.#stage;
    if (aheadMilliseconds === this.skewMilliseconds) return;
    this.skewMilliseconds = aheadMilliseconds;
    oracle.senders.clockSet(`agent ${this.name}`);
    leases.clockSet(this.name, clock.now());
    refusals.begins(this.name);
  }

  /** The kernel as the processes of this boot see it. */
  machine(): Machine {
    const { name: nodeName, instanceID, bootID } = this;
    return {
      nodeName,
      instanceID,
      bootID,
      sandboxes: () => [...this.sandboxes.values()],
      connect: (sandbox) => this.#wire(sandbox),
      disconnect: (containerID) => this.unwire(containerID),
    };
  }

  #wire(sandbox: LiveSandbox): void {
    const { log, oracle } = this.#stage;
    const { containerID, address, interfaceID, podNamespace, podName } = sandbox;
    if (!this.namespaces.has(containerID)) throw new Error(`${containerID} has no network namespace`);
    log.add(
      `node ${this.name}`,
      `${podNamespace}/${podName} ${containerID} has ${address} on ${interfaceID}`,
    );
    this.sandboxes.set(containerID, sandbox);
    oracle.connected(this.name, sandbox);
  }

  unwire(containerID: string): void {
    const sandbox = this.sandboxes.get(containerID);
    if (sandbox === undefined) return;
    this.#stage.log.add(`node ${this.name}`, `${containerID} no longer has ${sandbox.address}`);
    this.sandboxes.delete(containerID);
    this.#stage.oracle.disconnected(sandbox);
  }

  /** All sandboxes end without a DEL. */
  #lose(): void {
    for (const containerID of [...this.sandboxes.keys()]) this.unwire(containerID);
    this.namespaces.clear();
  }

  reboot(): void {
    this.#stage.log.add(`node ${this.name}`, "reboots");
    this.agent.kill();
    this.epoch++;
    this.#lose();
    this.#stage.refusals.begins(this.name);
    this.bootID = this.#stage.dice.uuid();
    this.#objects.layNode();
    this.agent.start();
  }

  terminate(): void {
    this.#stage.log.add(`node ${this.name}`, "is terminated");
    this.agent.kill();
    this.epoch++;
    this.#lose();
    this.power = "gone";
    this.#awake?.resolve();
    this.#stage.world.ec2.seed.terminate(this.instanceID);
  }

  /** Hibernated: everything stands still as it is, and goes on when the instance is started again. */
  stop(): void {
    if (this.power !== "running") return;
    this.#stage.log.add(`node ${this.name}`, "is stopped");
    this.power = "stopped";
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#awake = { promise, resolve };
    this.agent.pause(promise);
    this.#stage.world.ec2.seed.setInstanceState(this.instanceID, "stopped");
  }

  resume(): void {
    if (this.power !== "stopped") return;
    this.#stage.log.add(`node ${this.name}`, "is started");
    this.power = "running";
    this.#stage.world.ec2.seed.setInstanceState(this.instanceID, "running");
    this.#awake?.resolve();
    this.#awake = undefined;
    this.agent.start();
  }

  /** Settles when the instance runs (or is gone). */
  awake(): Promise<void> {
    return this.#awake?.promise ?? Promise.resolve();
  }
}
