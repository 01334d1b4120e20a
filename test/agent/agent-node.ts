/** A node with an agent, and the kubelet that calls it. */
import type { Added, AddRequest } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import { AGENT_USER } from "../../src/sandbox/engine/world.ts";
import type { Line } from "../../src/sandbox/in-process/index.ts";
import { AgentProcesses } from "./agent-processes.ts";

let sandboxes = 0;

export class AgentNode extends AgentProcesses {
  /** Pods that the kubelet wants to run, and the sandbox of each. */
  readonly wanted = new Map<string, AddRequest>();
  /** Those that it wants to end. */
  readonly #ending = new Map<string, AddRequest>();

  get name(): string {
    return this.node.name;
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

  async add(request: AddRequest | string, line?: Line): Promise<Added | undefined> {
    const asked = typeof request === "string" ? this.request(request) : request;
    this.wanted.set(asked.podUID, asked);
    const added = await this.run((allocator) => allocator.add(asked), line);
    if (added?.kind === "added") this.#showStatus(asked, added.address);
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
    if (this.canBeCalled) await this.run((allocator) => allocator.maintain(), line);
  }

  /** The kubelet ends a Pod: DEL until it is done, then its object goes. */
  async end(request: AddRequest, line?: Line): Promise<void> {
    this.wanted.delete(request.podUID);
    this.#ending.set(request.podUID, request);
    for (let tries = 0; tries < 10; tries++) {
      const answer = await this.del(request.containerID, line);
      if (answer === undefined) return;
      if (answer === "done") break;
      await this.cluster.clock.pass(1000);
    }
    this.#ending.delete(request.podUID);
    this.cluster.world.kubernetes.erase("pods", request.name, request.namespace);
  }

  /** What a kubelet does after trouble: it ends what ends, and makes new sandboxes where there are none (H42). */
  async kubeletGoesOn(): Promise<void> {
    for (const request of [...this.#ending.values()]) await this.end(request);
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

  #showStatus({ namespace, name, podUID }: AddRequest, podIP: string): void {
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
