import type { LiveSandbox } from "../../agent/index.ts";
import { prefixMembers } from "../../domain/address.ts";
import { API_GROUP, API_VERSION, LABEL, TAG } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { Manifest } from "../engine/api.ts";
import { CLUSTER_NAME } from "../engine/world.ts";
import { LockFile, type Machine } from "../in-process/index.ts";
import { Agent } from "./agent.ts";
import { attachAlmostOurs } from "./others.ts";
import type { Stage } from "./stage.ts";

const INTERFACES = 2;
const SECONDARIES = 4;
/** An m5.large has ten addresses on each interface (EC2 User Guide, "IP addresses per network interface per instance type"). */
const MOST_SECONDARIES = 9;
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
  /** What was made to leak, by address. */
  readonly #leaked = new Map<string, string>();
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
    this.layNode();
    this.#layConfig();
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

  layNode(): void {
    this.#stage.world.kubernetes.seed("nodes", [
      {
        metadata: {
          name: this.name,
          labels: { [LABEL.nodeGroup]: "workers", "kubernetes.io/hostname": this.name },
        },
        spec: { providerID: `aws:///eu-west-1a/${this.instanceID}` },
        status: { nodeInfo: { bootID: this.bootID } },
      },
    ]);
  }

  /** The config as an earlier life of a node of this name left it stays: the allocator makes it its own. */
  #layConfig(): void {
    const { api } = this.#stage.world;
    if (api.get("nodeeniconfigs", { name: this.name }) !== undefined) return;
    const config = api.lay<Manifest>("nodeeniconfigs", {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "NodeENIConfig",
      metadata: { name: this.name, labels: { [LABEL.nodeGroup]: "workers" } },
      spec: { warmPool: { min: 1, max: 4 } },
    });
    const { world, subnetID, dice } = this.#stage;
    const pool = this.#interfaces.flatMap((interfaceID) =>
      world
        .assignedTo(interfaceID)
        .flatMap((address) => (dice.chance(0.8) ? [{ address, interfaceID }] : [])),
    );
    api.replaceStatus("nodeeniconfigs", {
      ...config,
      status: {
        allocator: this.kind,
        instanceID: this.instanceID,
        bootID: this.bootID,
        interfaces: this.#interfaces.map((id) => ({ id, subnetID, state: "Attached" })),
        pool,
        cooling: [],
        refills: [],
        sweepEpoch: 0,
      },
    });
  }

  /** After objects were lost: controllers bring the Node again, or take away one without an instance. */
  lookAtObjects(): void {
    const { api, kubernetes } = this.#stage.world;
    const node = api.get("nodes", { name: this.name });
    if (this.power === "gone") {
      if (node !== undefined) kubernetes.erase("nodes", this.name);
      return;
    }
    this.layNode();
  }

  /**
   * Addresses that a killed agent had asked EC2 for and recorded nowhere.
   *
   * @param isNext on the interface that the next refill is for: the one with the fewest addresses
   */
  leak(count: number, isNext = false): void {
    const { world, subnetID, dice, log } = this.#stage;
    const own = world.ec2.snapshot().filter(({ id }) => this.#interfaces.includes(id));
    const next = own.reduce<(typeof own)[number] | undefined>(
      (least, one) => (least !== undefined && least.secondary.length <= one.secondary.length ? least : one),
      undefined,
    );
    const interfaceID = (isNext ? next?.id : dice.pick(this.#interfaces)) ?? "";
    const item = own.find(({ id }) => id === interfaceID);
    if (item === undefined || this.power !== "running") return;
    const room = Math.min(
      world.ec2.free(subnetID).addresses,
      MOST_SECONDARIES - item.secondary.length,
      count,
    );
    if (room <= 0) return;
    const addresses = world.ec2.seed.assign(interfaceID, room);
    for (const address of addresses) this.#leaked.set(address, interfaceID);
    log.add(`node ${this.name}`, `leaks ${addresses.join(", ")} on ${interfaceID}`);
  }

  /**
   * One interface more, with a prefix, of which the allocator hands out so many members.
   *
   * @returns whether there was room for it
   */
  attachPrefix(pooled: number): boolean {
    const { world, prefixSubnetID: subnetID, log } = this.#stage;
    const config = world.api.get<StoredNodeENIConfig & Manifest>("nodeeniconfigs", { name: this.name });
    if (config?.status?.instanceID !== this.instanceID || world.ec2.free(subnetID).prefixes === 0)
      return false;
    const attachment = { instanceID: this.instanceID, deviceIndex: INTERFACES };
    const id = world.ec2.seed.createInterface({ subnetID, prefixes: 1, tags: this.tags(), attachment });
    const [block] = world.ec2.snapshot().find((item) => item.id === id)?.prefixes ?? [];
    const members = block === undefined ? [] : prefixMembers(block).slice(3, 3 + pooled);
    log.add(`node ${this.name}`, `has ${block} on ${id}, of it pooled ${members.join(", ")}`);
    const { status } = config;
    world.api.replaceStatus("nodeeniconfigs", {
      ...config,
      status: {
        ...status,
        interfaces: [...(status.interfaces ?? []), { id, subnetID, state: "Attached" }],
        pool: [...members.map((address) => ({ address, interfaceID: id })), ...(status.pool ?? [])],
      },
    });
    this.hasPrefix = true;
    return true;
  }

  /** What its config says that the allocator can hand out. */
  get pooled(): readonly string[] {
    const config = this.#stage.world.api.get<StoredNodeENIConfig>("nodeeniconfigs", { name: this.name });
    return (config?.status?.pool ?? []).map(({ address }) => address);
  }

  /** A person gives back by hand what had leaked, and nobody has. */
  forgetLeaks(): void {
    const { world, log } = this.#stage;
    const config = world.api.get<StoredNodeENIConfig>("nodeeniconfigs", { name: this.name });
    const { pool = [], cooling = [] } = config?.status ?? {};
    const kept = new Set([...pool, ...cooling, ...this.sandboxes.values()].map(({ address }) => address));
    for (const item of world.ec2.snapshot()) {
      const left = item.secondary.filter((one) => this.#leaked.get(one) === item.id && !kept.has(one));
      if (left.length === 0) continue;
      log.add("person", `gives ${left.join(", ")} of ${item.id} back`);
      world.ec2.call("UnassignPrivateIpAddresses", {
        NetworkInterfaceId: item.id,
        PrivateIpAddresses: left,
      });
    }
    this.#leaked.clear();
  }

  /** An interface that an agent had made, and died before it was attached, or deleted. */
  leaveDetached(secondary: number): void {
    const { world, subnetID, log } = this.#stage;
    if (world.ec2.free(subnetID).addresses <= secondary) return;
    const id = world.ec2.seed.createInterface({
      subnetID,
      secondary,
      description: `vpcip ${this.name}`,
      tags: this.tags(),
    });
    log.add(`node ${this.name}`, `left ${id} detached`);
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
    this.layNode();
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
