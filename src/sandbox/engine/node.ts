import { withMirror } from "../../adapters/kubernetes/labels.ts";
import type { Address } from "../../domain/address.ts";
import { API_GROUP, API_VERSION, LABEL, TAG } from "../../domain/objects/names.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { VpcIPSpec } from "../../domain/objects/vpcip.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import type { World } from "./world.ts";
import { CLUSTER_NAME } from "./world.ts";

export interface NodeSeed {
  readonly name: string;
  readonly subnetID: string;
  readonly allocator?: "ipamd" | "cni";
  readonly group?: string;
  /** Interfaces beside the first one. */
  readonly extraInterfaces?: number;
  /** Secondary addresses of each interface. */
  readonly secondaries?: number;
  readonly instanceType?: string;
  /** The first interface without tags, as EC2 leaves it where no agent has been. */
  readonly isPrimaryUntagged?: boolean;
  /** Without a NodeENIConfig: another CNI allocates there. */
  readonly isForeign?: boolean;
}

/** An address on an interface. */
export interface Place {
  readonly address: Address;
  readonly interfaceID: string;
}

export interface SandboxPod extends Place {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly containerID: string;
}

/** A node: its instance and interfaces in EC2, its Node, NodeENIConfig and lease, its kubelet's sandboxes. */
export class SandboxNode {
  readonly world: World;
  readonly name: string;
  readonly group: string;
  readonly allocator: "ipamd" | "cni";
  readonly subnetID: string;
  readonly isForeign: boolean;
  readonly instanceID: string;
  bootID: string;
  readonly interfaceIDs: string[] = [];
  readonly pods = new Map<string, SandboxPod>();
  readonly #spare: Place[] = [];

  constructor(world: World, seed: NodeSeed) {
    this.world = world;
    this.name = seed.name;
    this.group = seed.group ?? "workers";
    this.allocator = seed.allocator ?? "ipamd";
    this.subnetID = seed.subnetID;
    this.isForeign = seed.isForeign ?? false;
    this.bootID = this.#id();
    const { secondaries = 9, extraInterfaces = 1, instanceType = "m5.large" } = seed;
    this.instanceID = `i-0${this.#hex(16)}`;
    const isTagged = !this.isForeign && seed.isPrimaryUntagged !== true;
    const { interfaceID } = world.ec2.seed.runInstance({
      id: this.instanceID,
      subnetID: seed.subnetID,
      instanceType,
      primaryInterface: { secondary: secondaries, tags: isTagged ? this.tags() : {} },
    });
    this.#adopt(interfaceID);
    for (let index = 1; index <= extraInterfaces; index++) this.addInterface(secondaries);
    this.#layNode();
    if (!this.isForeign) this.#layConfig();
  }

  /** Tags that the agent sets on what it creates. */
  tags(): Readonly<Record<string, string>> {
    return {
      [TAG.clusterName]: CLUSTER_NAME,
      [TAG.clusterUID]: this.world.clusterUID,
      [TAG.node]: this.name,
      [TAG.instance]: this.instanceID,
      [TAG.nodeGroup]: this.group,
    };
  }

  addInterface(secondary: number, prefixes = 0): string {
    const interfaceID = this.world.ec2.seed.createInterface({
      subnetID: this.subnetID,
      secondary,
      prefixes,
      description: `vpcip ${this.name}`,
      tags: this.isForeign ? {} : this.tags(),
      attachment: {
        instanceID: this.instanceID,
        deviceIndex: this.interfaceIDs.length,
        deleteOnTermination: true,
      },
    });
    this.#adopt(interfaceID);
    return interfaceID;
  }

  /** A secondary address that nobody needs yet. Left alone it is a leak that was never recorded. */
  spare(): Place {
    const place = this.#spare.shift();
    if (place === undefined) throw new Error(`${this.name} has no spare address`);
    return place;
  }

  get spares(): number {
    return this.#spare.length;
  }

  /** Puts every spare address that is left into the pool. */
  poolSpares(): void {
    const places = this.#spare.splice(0);
    for (const { address, interfaceID } of places) this.world.truth.need(address, interfaceID, "pool");
    this.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), ...places] }));
  }

  /** A Pod that runs, with sandbox and VpcIP. */
  runPod(
    name: string,
    more: Partial<{ namespace: string; at: Place; podIP: string; status: object }> = {},
  ): SandboxPod {
    const place = more.at ?? this.spare();
    const pod: SandboxPod = {
      ...place,
      uid: this.#id(),
      name,
      namespace: more.namespace ?? "default",
      containerID: this.#hex(64),
    };
    this.startSandbox(pod);
    this.layPod(pod, { phase: "Running", podIP: more.podIP ?? place.address, ...more.status });
    this.layRecord(place, { claim: claimOf(pod) });
    return pod;
  }

  startSandbox(pod: SandboxPod): void {
    this.world.truth.need(pod.address, pod.interfaceID, "sandbox");
    this.pods.set(pod.containerID, pod);
  }

  endSandbox(pod: SandboxPod): void {
    this.world.truth.forget(pod.address, pod.interfaceID);
    this.pods.delete(pod.containerID);
  }

  layPod(
    pod: Pick<SandboxPod, "uid" | "name" | "namespace">,
    status: Readonly<Record<string, unknown>>,
    metadata = {},
  ): void {
    const podIP = status["podIP"];
    this.world.kubernetes.seed("pods", [
      {
        metadata: { name: pod.name, namespace: pod.namespace, uid: pod.uid, ...metadata },
        spec: { nodeName: this.name, containers: [{ name: "main", image: "none" }], restartPolicy: "Always" },
        status: {
          ...status,
          ...(typeof podIP === "string" && podIP !== "" ? { podIPs: [{ ip: podIP }] } : {}),
        },
      },
    ]);
  }

  layRecord(place: Place, spec: Partial<VpcIPSpec>, metadata: Readonly<Record<string, unknown>> = {}): void {
    const { address, interfaceID } = place;
    this.world.kubernetes.seed("vpcips.vpcip.dev", [
      withMirror({
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: "VpcIP",
        metadata: { ...metadata, name: address },
        spec: {
          nodeName: this.name,
          instanceID: this.instanceID,
          interfaceID,
          subnetID: this.subnetID,
          ...spec,
        },
      }),
    ]);
  }

  get status(): NodeENIConfigStatus {
    const config = this.world.api.get("nodeeniconfigs", { name: this.name });
    return (config?.["status"] ?? {}) as NodeENIConfigStatus;
  }

  /** Reads, changes and writes the status in one go: nothing comes in between in one process. */
  updateStatus(change: (status: NodeENIConfigStatus) => NodeENIConfigStatus): void {
    const config = this.world.api.get<KubeObject>("nodeeniconfigs", { name: this.name });
    if (config === undefined) throw new Error(`${this.name} has no NodeENIConfig`);
    const answer = this.world.api.replaceStatus("nodeeniconfigs", {
      ...config,
      metadata: { ...config.metadata },
      status: change((config["status"] ?? {}) as NodeENIConfigStatus),
    });
    if (answer.status >= 300) throw new Error(`${this.name}: ${JSON.stringify(answer.body)}`);
  }

  removeNodeObject(): void {
    this.world.kubernetes.erase("nodes", this.name);
  }

  /** The instance's end: its interfaces go with it, but those that were made to stay. */
  terminate(): void {
    for (const pod of [...this.pods.values()]) this.endSandbox(pod);
    for (const { address, interfaceID } of [...(this.status.pool ?? []), ...(this.status.cooling ?? [])]) {
      this.world.truth.forget(address as Address, interfaceID);
    }
    this.world.ec2.seed.terminate(this.instanceID);
  }

  #adopt(interfaceID: string): void {
    this.interfaceIDs.push(interfaceID);
    for (const address of this.world.assignedTo(interfaceID)) {
      if (this.isForeign) this.world.truth.need(address, interfaceID, "foreign");
      else this.#spare.push({ address, interfaceID });
    }
    if (!this.isForeign) this.world.truth.manage(interfaceID, this.name);
    if (!this.isForeign && this.interfaceIDs.length > 1) this.#noteInterface(interfaceID);
  }

  #noteInterface(interfaceID: string): void {
    if (this.world.api.get("nodeeniconfigs", { name: this.name }) === undefined) return;
    const noted = { id: interfaceID, subnetID: this.subnetID, state: "Attached" } as const;
    this.updateStatus((status) => ({ ...status, interfaces: [...(status.interfaces ?? []), noted] }));
  }

  #layNode(): void {
    this.world.kubernetes.seed("nodes", [
      {
        metadata: {
          name: this.name,
          labels: { [LABEL.nodeGroup]: this.group, "kubernetes.io/hostname": this.name },
        },
        spec: { providerID: `aws:///eu-west-1a/${this.instanceID}` },
        status: { nodeInfo: { bootID: this.bootID } },
      },
    ]);
  }

  #layConfig(): void {
    this.world.api.lay("nodeeniconfigs", {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "NodeENIConfig",
      metadata: { name: this.name, labels: { [LABEL.nodeGroup]: this.group } },
      spec: { warmPool: { min: 2, max: 6 } },
    });
    this.updateStatus(() => ({
      allocator: this.allocator,
      instanceID: this.instanceID,
      bootID: this.bootID,
      interfaces: this.interfaceIDs.map((id) => ({
        id,
        subnetID: this.subnetID,
        state: "Attached" as const,
      })),
      pool: [],
      cooling: [],
      refills: [],
      sweepEpoch: 0,
    }));
  }

  #hex(digits: number): string {
    return Array.from({ length: digits }, () => Math.floor(this.world.random() * 16).toString(16)).join("");
  }

  #id(): string {
    return `${this.#hex(8)}-${this.#hex(4)}-4${this.#hex(3)}-8${this.#hex(3)}-${this.#hex(12)}`;
  }
}

export function claimOf({ namespace, name, uid, containerID }: SandboxPod): NonNullable<VpcIPSpec["claim"]> {
  return { namespace, name, podUID: uid, containerID };
}
