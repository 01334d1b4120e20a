/** Nodes with the real allocators, on a cluster in this process: every call of theirs can be lost, late or the last one. */
import {
  type Added,
  type AddRequest,
  type AgentSettings,
  createDaemonless,
  createIpamd,
  DEFAULT_AGENT_SETTINGS,
  type NodeAllocator,
} from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import { type NodeSeed, SandboxNode } from "../../src/sandbox/engine/node.ts";
import { AGENT_KEY, AGENT_USER } from "../../src/sandbox/engine/world.ts";
import {
  inProcessAgentPorts,
  Line,
  LockFile,
  type Machine,
  machineOf,
} from "../../src/sandbox/in-process/index.ts";
import { watchPools } from "../../src/sandbox/in-process/pool-truth.ts";
import { Cluster } from "../reclaimer/harness.ts";

export class AgentCluster extends Cluster {
  readonly agents = new Map<string, AgentNode>();
  /** What must never be: one address twice, an address that its interface has not, one that is released in use. */
  readonly misdeeds: string[] = [];

  constructor(...args: ConstructorParameters<typeof Cluster>) {
    super(...args);
    watchPools(this.world);
    this.#watchClaims();
    this.world.ec2.onChange((change) => {
      if (change.by !== AGENT_KEY || change.kind !== "addressUnassigned") return;
      const need = this.world.truth.needOf(change.address, change.interfaceID);
      if (need !== undefined) this.misdeeds.push(`an agent released ${change.address}: ${need}`);
    });
  }

  /** What a static claim retains is needed where its record says that it is. */
  #watchClaims(): void {
    const { truth, kubernetes } = this.world;
    kubernetes.onChange(({ resource, object, old, type }) => {
      if (resource.plural !== "vpcips") return;
      const before = (old as unknown as StoredVpcIP | undefined)?.spec;
      const now = type === "DELETED" ? undefined : (object as unknown as StoredVpcIP).spec;
      const address = object.metadata.name as Address;
      if (before?.interfaceID !== undefined && truth.needOf(address, before.interfaceID) === "retained")
        truth.forget(address, before.interfaceID);
      if (now?.claim?.uid === undefined || now.interfaceID === undefined || now.release !== undefined) return;
      if (truth.needOf(address, now.interfaceID) === undefined)
        truth.need(address, now.interfaceID, "retained");
    });
  }

  /** A node with so many addresses in its pool, and an agent that has not started yet. */
  agent(
    name = "a",
    seed: Partial<NodeSeed> & { readonly settings?: Partial<AgentSettings> } = {},
  ): AgentNode {
    const { settings = {}, ...rest } = seed;
    const more = { extraInterfaces: 0, secondaries: 4, ...rest };
    const node = new SandboxNode(this.world, { name, subnetID: this.subnetID, ...more });
    const agent = new AgentNode(this, node, settings);
    this.agents.set(name, agent);
    return agent;
  }

  /** Claimed VpcIPs whose sandbox is nowhere. */
  strays(): readonly string[] {
    const live = new Set(
      [...this.agents.values()].flatMap(({ node }) =>
        [...node.pods.values()].map(({ address }) => String(address)),
      ),
    );
    return this.world.api
      .list<StoredVpcIP>("vpcips")
      .filter(
        ({ spec, metadata }) =>
          spec.claim !== undefined && spec.claim.uid === undefined && !live.has(metadata.name),
      )
      .map(({ metadata }) => metadata.name);
  }

  /** Lets agents and schedules go on with nothing failing any more: Pods' ends are noticed, leaks are found. */
  override async converge(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      for (const agent of this.agents.values()) await agent.maintain();
      await this.wait(3);
    }
    await super.converge();
    for (const agent of this.agents.values()) await agent.maintain();
  }
}

interface Process {
  readonly line: Line;
  readonly allocator: NodeAllocator;
}

let sandboxes = 0;

export class AgentNode {
  readonly cluster: AgentCluster;
  readonly node: SandboxNode;
  readonly lockFile = new LockFile();
  readonly troubles: unknown[] = [];
  /** Pods that the kubelet wants to run, and the sandbox of each; those that it wants to end. */
  readonly wanted = new Map<string, AddRequest>();
  readonly ending = new Map<string, AddRequest>();
  readonly settings: AgentSettings;
  #daemon: Process | undefined;

  constructor(cluster: AgentCluster, node: SandboxNode, settings: Partial<AgentSettings>) {
    this.cluster = cluster;
    this.node = node;
    this.settings = { ...DEFAULT_AGENT_SETTINGS, ...settings };
    cluster.world.kubernetes.onChange(({ resource, object }) => {
      if (resource.plural === "leases" && object.metadata.name === node.name)
        void Promise.resolve().then(() => this.#daemon?.allocator.leaseChanged());
    });
  }

  get name(): string {
    return this.node.name;
  }

  /** The daemon, where the node has one; its calls go through this line. */
  async start(line = new Line()): Promise<this> {
    if (this.node.allocator === "cni") return this;
    const ports = this.#ports(line);
    const lock = await this.lockFile.seenBy(line, ports.clock).acquire(0);
    if (lock === undefined) throw new Error("another ipamd lives");
    this.#daemon = { line, allocator: createIpamd(ports, this.settings, lock) };
    return this;
  }

  /** `kill -9`. */
  kill(): void {
    this.#daemon?.line.kill();
    this.#daemon = undefined;
  }

  async restart(line = new Line()): Promise<void> {
    this.kill();
    await this.start(line);
  }

  /** All sandboxes end with the boot, unheard. */
  reboot(): void {
    this.kill();
    for (const pod of [...this.node.pods.values()]) this.node.endSandbox(pod);
    this.node.bootID = `boot-${this.cluster.clock.now()}-${++sandboxes}`;
    const { api } = this.cluster.world;
    const node = api.get("nodes", { name: this.name });
    if (node !== undefined)
      this.cluster.world.kubernetes.seed("nodes", [
        { ...node, status: { nodeInfo: { bootID: this.node.bootID } } },
      ]);
  }

  get daemonLine(): Line {
    if (this.#daemon === undefined) throw new Error(`no ipamd on ${this.name}`);
    return this.#daemon.line;
  }

  #ports(line: Line) {
    const { world } = this.cluster;
    const ports = inProcessAgentPorts(world, this.#machine(), { line });
    return { ...ports, troubled: (_what: string, error: unknown) => void this.troubles.push(error) };
  }

  #machine(): Machine {
    const machine = machineOf(this.node);
    return {
      nodeName: machine.nodeName,
      instanceID: machine.instanceID,
      bootID: machine.bootID,
      sandboxes: () => machine.sandboxes(),
      disconnect: (containerID) => machine.disconnect(containerID),
      connect: (sandbox) => {
        const { address, interfaceID, podName, containerID } = sandbox;
        for (const other of this.cluster.agents.values()) {
          const has = [...other.node.pods.values()].find(
            (pod) => pod.address === address && pod.containerID !== containerID,
          );
          if (has !== undefined)
            this.cluster.misdeeds.push(`${podName} and ${has.name} both have ${address}`);
        }
        if (!this.cluster.has(address, interfaceID))
          this.cluster.misdeeds.push(`${podName} has ${address}, which is not on ${interfaceID}`);
        machine.connect(sandbox);
      },
    };
  }

  /** The allocator of one call: the daemon, or a process of its own. */
  process(line?: Line): Process {
    if (this.node.allocator === "ipamd") {
      if (this.#daemon === undefined) throw new Error(`no ipamd on ${this.name}`);
      return this.#daemon;
    }
    const own = line ?? new Line();
    const ports = this.#ports(own);
    return {
      line: own,
      allocator: createDaemonless(ports, this.settings, this.lockFile.seenBy(own, ports.clock)),
    };
  }

  /** What a Pod's first sandbox asks for; its Pod object is there, as the kubelet has it. */
  request(name: string, more: Partial<AddRequest> = {}): AddRequest {
    const id = ++sandboxes;
    const request = {
      namespace: "default",
      name,
      podUID: `${name}-uid-${id}`,
      containerID: `${name}-sandbox-${id}`,
      ...more,
    };
    const { api } = this.cluster.world;
    const pod = api.get("pods", { namespace: request.namespace, name });
    if (pod?.metadata.uid !== request.podUID) {
      if (pod !== undefined) this.cluster.world.kubernetes.erase("pods", name, request.namespace);
      this.node.layPod({ ...request, uid: request.podUID }, { phase: "Pending", podIP: "" });
    }
    return request;
  }

  begin<T>(work: (allocator: NodeAllocator) => Promise<T>, line?: Line): Promise<T | undefined> {
    const process = this.process(line);
    const running = Promise.race([work(process.allocator), process.line.killed.then(() => undefined)]);
    running.catch(() => undefined);
    return running;
  }

  /** Undefined: its process was killed. */
  run<T>(work: (allocator: NodeAllocator) => Promise<T>, line?: Line): Promise<T | undefined> {
    return this.cluster.clock.until(this.begin(work, line));
  }

  async add(request: AddRequest | string, line?: Line): Promise<Added | undefined> {
    const asked = typeof request === "string" ? this.request(request) : request;
    this.wanted.set(asked.podUID, asked);
    const added = await this.run((allocator) => allocator.add(asked), line);
    if (added?.kind === "added") this.showStatus(asked, added.address);
    return added;
  }

  /** The address of a Pod that must get one. */
  async address(request: AddRequest | string): Promise<Address> {
    const added = await this.add(request);
    if (added?.kind !== "added") throw new Error(`no address: ${JSON.stringify(added)}`);
    return added.address;
  }

  del(containerID: string, line?: Line): Promise<"done" | "again" | undefined> {
    return this.run((allocator) => allocator.del(containerID), line);
  }

  async maintain(line?: Line): Promise<void> {
    if (this.node.allocator === "ipamd" && this.#daemon === undefined) return;
    await this.run((allocator) => allocator.maintain(), line);
  }

  /** The kubelet ends a Pod: DEL until it is done, then its object goes. */
  async end(request: AddRequest, line?: Line): Promise<void> {
    this.wanted.delete(request.podUID);
    this.ending.set(request.podUID, request);
    for (let tries = 0; tries < 10; tries++) {
      const answer = await this.del(request.containerID, line);
      if (answer === undefined) return;
      if (answer === "done") break;
      await this.cluster.clock.pass(1000);
    }
    this.ending.delete(request.podUID);
    this.cluster.world.kubernetes.erase("pods", request.name, request.namespace);
  }

  /** What a kubelet does after trouble: it ends what ends, and makes new sandboxes where there are none (H42). */
  async kubeletGoesOn(): Promise<void> {
    for (const request of [...this.ending.values()]) await this.end(request);
    for (const request of this.wanted.values()) {
      for (let tries = 0; tries < 6 && !this.isRunning(request); tries++) {
        const old = this.wanted.get(request.podUID) ?? request;
        await this.del(old.containerID);
        const next = { ...request, containerID: `${request.podUID}-again-${++sandboxes}` };
        const added = await this.add(next);
        if (added?.kind !== "added") await this.cluster.clock.pass(15_000);
      }
    }
  }

  isRunning({ podUID }: AddRequest): boolean {
    return [...this.node.pods.values()].some(({ uid }) => uid === podUID);
  }

  withoutAddress(): readonly string[] {
    return [...this.wanted.values()].filter((request) => !this.isRunning(request)).map(({ name }) => name);
  }

  showStatus({ namespace, name, podUID }: AddRequest, podIP: string): void {
    const { kubernetes } = this.cluster.world;
    kubernetes.erase("pods", name, namespace);
    this.node.layPod({ namespace, name, uid: podUID }, { phase: "Running", podIP });
  }

  get status(): NodeENIConfigStatus {
    return this.node.status;
  }

  get pool(): readonly string[] {
    return (this.status.pool ?? []).map(({ address }) => address);
  }

  get cooling(): readonly string[] {
    return (this.status.cooling ?? []).map(({ address }) => address);
  }

  /** Writes of the agents since the counts were cleared; leases apart. */
  writes(): number {
    const { calls } = this.cluster.world.kubernetes;
    let writes = 0;
    for (const resource of [
      "vpcips.vpcip.dev",
      "nodeeniconfigs.vpcip.dev/status",
      "vpcipclaims.vpcip.dev/status",
    ]) {
      const counts = calls.byVerb({ user: AGENT_USER, resource });
      writes += (counts["POST"] ?? 0) + (counts["PUT"] ?? 0) + (counts["DELETE"] ?? 0);
    }
    return writes;
  }
}
