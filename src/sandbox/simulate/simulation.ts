import { TAG } from "../../domain/objects/names.ts";
import { CLUSTER_NAME } from "../engine/world.ts";
import { Etcd } from "./etcd.ts";
import { Functions } from "./functions.ts";
import { ADDRESSES_OF_A_NODE, SimNode } from "./node.ts";
import { Person } from "./person.ts";
import { Pods } from "./pods.ts";
import { Stage } from "./stage.ts";
import { Statics } from "./statics.ts";
import { Tenants } from "./tenants.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
}

/** A whole cluster in virtual time: EC2, API server, queue, nodes with kubelets and allocators, functions, people, tenants. */
export class Simulation extends Stage {
  readonly nodes: SimNode[] = [];
  readonly pods: Pods;
  readonly statics: Statics;
  readonly functions: Functions;
  readonly person: Person;
  readonly tenants: Tenants;
  readonly etcd: Etcd;

  constructor({ seed, nodes }: SimulationOptions) {
    super(seed);
    this.pods = new Pods(this);
    this.statics = new Statics(this, this.pods);
    this.functions = new Functions(this);
    this.person = new Person(this);
    this.tenants = new Tenants(this);
    this.etcd = new Etcd(this, this.pods, this.nodes);
    this.world.kubernetes.onChange(({ resource, object }) => {
      if (resource.plural !== "leases") return;
      this.nodes.find(({ name }) => name === object.metadata.name)?.agent.leaseChanged();
    });
    this.#layOthers();
    for (let index = 0; index < nodes; index++) this.launch(`node-${index}`);
  }

  /** Whether an instance can be launched: EC2 refuses it where the subnet has no room for its interfaces. */
  get hasRoom(): boolean {
    return this.world.ec2.free(this.subnetID).addresses >= ADDRESSES_OF_A_NODE;
  }

  /** A new instance under that name. */
  launch(name: string): SimNode {
    const node = new SimNode(this, name, this.dice.chance(0.7) ? "ipamd" : "cni");
    const before = this.nodes.findIndex((other) => other.name === name);
    if (before < 0) this.nodes.push(node);
    else this.nodes[before] = node;
    node.agent.start();
    return node;
  }

  /** Installs the functions and lets the allocators begin. */
  async start(): Promise<void> {
    await this.clock.pass(60_000);
    await this.clock.until(this.functions.collect({ kind: "due" }, 1));
  }

  /** What no function of ours may ever touch. */
  #layOthers(): void {
    const { seed } = this.world.ec2;
    const tags = {
      [TAG.clusterName]: CLUSTER_NAME,
      [TAG.clusterUID]: "00000000-0000-4000-8000-000000000000",
      [TAG.node]: "node-0",
      [TAG.instance]: "i-00000000000000001",
    };
    const { subnetID } = this;
    this.oracle.isForeign(seed.createInterface({ subnetID, secondary: 2, tags }));
    this.oracle.isForeign(
      seed.createInterface({ subnetID, requesterManaged: true, interfaceType: "lambda" }),
    );
  }
}
