import { API_GROUP, API_VERSION, LABEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { Manifest } from "../engine/api.ts";
import type { Stage } from "./stage.ts";

/** The node that they are of. */
interface Whose {
  readonly name: string;
  readonly kind: "ipamd" | "cni";
  readonly instanceID: string;
  readonly bootID: string;
  readonly power: string;
  readonly interfaces: readonly string[];
}

/** What the API server has of one node: its Node, and its NodeENIConfig. */
export class NodeObjects {
  readonly #stage: Stage;
  readonly #node: Whose;

  constructor(stage: Stage, node: Whose) {
    this.#stage = stage;
    this.#node = node;
  }

  layNode(): void {
    const { name, instanceID, bootID } = this.#node;
    this.#stage.world.kubernetes.seed("nodes", [
      {
        metadata: { name, labels: { [LABEL.nodeGroup]: "workers", "kubernetes.io/hostname": name } },
        spec: { providerID: `aws:///eu-west-1a/${instanceID}` },
        status: { nodeInfo: { bootID } },
      },
    ]);
  }

  /** The config as an earlier life of a node of this name left it stays: the allocator makes it its own. */
  layConfig(): void {
    const { name, kind, instanceID, bootID, interfaces } = this.#node;
    const { world, subnetID, dice } = this.#stage;
    const { api } = world;
    if (this.#config !== undefined) return;
    const config = api.lay<Manifest>("nodeeniconfigs", {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "NodeENIConfig",
      metadata: { name, labels: { [LABEL.nodeGroup]: "workers" } },
      spec: { warmPool: { min: 1, max: 4 } },
    });
    const pool = interfaces.flatMap((interfaceID) =>
      world
        .assignedTo(interfaceID)
        .flatMap((address) => (dice.chance(0.8) ? [{ address, interfaceID }] : [])),
    );
    api.replaceStatus("nodeeniconfigs", {
      ...config,
      status: {
        allocator: kind,
        instanceID,
        bootID,
        interfaces: interfaces.map((id) => ({ id, subnetID, state: "Attached" })),
        pool,
        cooling: [],
        refills: [],
        sweepEpoch: 0,
      },
    });
  }

  /** Controllers bring a Node that was lost again, or take away one without an instance. */
  lookAgain(): void {
    const { api, kubernetes } = this.#stage.world;
    const { name, power } = this.#node;
    if (power !== "gone") this.layNode();
    else if (api.get("nodes", { name }) !== undefined) kubernetes.erase("nodes", name);
  }

  /** What the config says that the allocator can hand out. */
  get pooled(): readonly string[] {
    return (this.#config?.status?.pool ?? []).map(({ address }) => address);
  }

  /** Whether the config is of this life of the node. */
  get isOwnConfig(): boolean {
    return this.#config?.status?.instanceID === this.#node.instanceID;
  }

  /** The allocator takes note of one interface more, and of what it can hand out there. */
  listInterface(id: string, subnetID: string, pooled: readonly string[]): void {
    const config = this.#config;
    if (config === undefined) return;
    const { status } = config;
    this.#stage.world.api.replaceStatus("nodeeniconfigs", {
      ...config,
      status: {
        ...status,
        interfaces: [...(status?.interfaces ?? []), { id, subnetID, state: "Attached" }],
        pool: [...pooled.map((address) => ({ address, interfaceID: id })), ...(status?.pool ?? [])],
      },
    });
  }

  get #config(): (StoredNodeENIConfig & Manifest) | undefined {
    return this.#stage.world.api.get<StoredNodeENIConfig & Manifest>("nodeeniconfigs", {
      name: this.#node.name,
    });
  }
}
