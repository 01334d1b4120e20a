import { Etcd } from "./etcd.ts";
import { Functions } from "./functions.ts";
import { ADDRESSES_OF_A_NODE, SimNode } from "./node.ts";
import { layOthers } from "./others.ts";
import { Person } from "./person.ts";
import { Pods } from "./pods.ts";
import { Stage } from "./stage.ts";
import { Statics } from "./statics.ts";
import { Tenants } from "./tenants.ts";

/** In a small subnet an address comes back to somebody soon. */
const OFTEN_CROWDED = 0.7;

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
    super(seed, nodes);
    this.pods = new Pods(this);
    this.statics = new Statics(this, this.pods);
    this.functions = new Functions(this);
    this.person = new Person(this);
    this.tenants = new Tenants(this);
    const { pods, statics, nodes: all } = this;
    this.etcd = new Etcd(this, { pods, statics, nodes: all, mirrored: () => this.functions.mirrored });
    this.world.kubernetes.onChange(({ resource, object }) => {
      if (resource.plural !== "leases") return;
      this.nodes.find(({ name }) => name === object.metadata.name)?.agent.leaseChanged(object);
    });
    layOthers(this);
    for (let index = 0; index < nodes; index++) this.launch(`node-${index}`);
    if (this.dice.chance(OFTEN_CROWDED)) this.tenants.crowd(this.dice.below(16));
  }

  /** Whether an instance can be launched: EC2 refuses it where the subnet has no room for its interfaces. */
  get hasRoom(): boolean {
    return this.world.ec2.free(this.subnetID).addresses >= ADDRESSES_OF_A_NODE + 2;
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
}
