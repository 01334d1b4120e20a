/** The processes of a node's agent: the daemon, or one a call. Any of them can be killed. */
import {
  type AgentSettings,
  createDaemonless,
  createIpamd,
  DEFAULT_AGENT_SETTINGS,
  type NodeAllocator,
} from "../../src/agent/index.ts";
import type { SandboxNode } from "../../src/sandbox/engine/node.ts";
import {
  inProcessAgentPorts,
  Line,
  LockFile,
  type Machine,
  machineOf,
} from "../../src/sandbox/in-process/index.ts";
import type { AgentCluster } from "./harness.ts";

interface Process {
  readonly line: Line;
  readonly allocator: NodeAllocator;
}

export class AgentProcesses {
  readonly cluster: AgentCluster;
  readonly node: SandboxNode;
  readonly settings: AgentSettings;
  readonly #lockFile = new LockFile();
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

  /** The daemon, where the node has one; its calls go through this line. */
  async start(line = new Line()): Promise<this> {
    if (this.node.allocator === "cni") return this;
    const ports = this.#ports(line);
    const lock = await this.#lockFile.seenBy(line, ports.clock).acquire(0);
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

  begin<T>(work: (allocator: NodeAllocator) => Promise<T>, line?: Line): Promise<T | undefined> {
    const process = this.#process(line);
    const running = Promise.race([work(process.allocator), process.line.killed.then(() => undefined)]);
    running.catch(() => undefined);
    return running;
  }

  /** Undefined: its process was killed. */
  run<T>(work: (allocator: NodeAllocator) => Promise<T>, line?: Line): Promise<T | undefined> {
    return this.cluster.clock.until(this.begin(work, line));
  }

  /** Whether a call finds somebody: it does not while the node's daemon is dead. */
  protected get canBeCalled(): boolean {
    return this.node.allocator !== "ipamd" || this.#daemon !== undefined;
  }

  /** The allocator of one call: the daemon, or a process of its own. */
  #process(line?: Line): Process {
    if (this.node.allocator === "ipamd") {
      if (this.#daemon === undefined) throw new Error(`no ipamd on ${this.node.name}`);
      return this.#daemon;
    }
    const own = line ?? new Line();
    const ports = this.#ports(own);
    return {
      line: own,
      allocator: createDaemonless(ports, this.settings, this.#lockFile.seenBy(own, ports.clock)),
    };
  }

  #ports(line: Line) {
    return inProcessAgentPorts(this.cluster.world, this.#machine(), { line });
  }

  /** The node as its agents find it. An address that is had twice, or from nowhere, is noted when its sandbox is connected. */
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
}
