/** Nodes with the real allocators, on a cluster in this process: every call of theirs can be lost, late or the last one. */
import type { AgentSettings } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import { type NodeSeed, SandboxNode } from "../../src/sandbox/engine/node.ts";
import { AGENT_KEY } from "../../src/sandbox/engine/world.ts";
import { watchPools } from "../../src/sandbox/in-process/pool-truth.ts";
import { Cluster } from "../reclaimer/harness.ts";
import { AgentNode } from "./agent-node.ts";

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
