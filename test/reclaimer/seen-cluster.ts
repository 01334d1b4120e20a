/** A cluster in this process as a test sees it: what is there, what was heard, what was asked of its servers. */
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { ANNOTATION, FREEZE_CONFIG_MAP, SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import type { StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import { RECLAIMER_KEY, RECLAIMER_USER, START, World } from "../../src/sandbox/engine/world.ts";
import { ManualClock, MirrorCell } from "../../src/sandbox/in-process/index.ts";
import type { KubeObject } from "../../src/sandbox/kubernetes/index.ts";
import { Heard } from "./heard.ts";

const CIDR = "10.0.0.0/24";

export class SeenCluster {
  readonly clock = new ManualClock(START);
  readonly world: World;
  readonly subnetID: string;
  readonly heard = new Heard();
  readonly mirror = new MirrorCell();

  constructor(seed: number) {
    this.world = new World(seed, this.clock);
    this.subnetID = this.world.ec2.seed.addSubnet({ cidr: CIDR });
  }

  /** Addresses given back although a sandbox, a pool or a person needed them, by the simulator's own truth. */
  get wrong(): readonly string[] {
    return this.world.truth.wronglyReleased.map(({ address, need }) => `${address} ${need}`);
  }

  get leaks(): readonly string[] {
    return this.world.truth.leaks().map(({ address }) => address);
  }

  /** Addresses that the functions gave back, by the audit. */
  get released(): readonly string[] {
    return this.heard.audit.filter(({ answer }) => answer === "done").map(({ subject }) => subject);
  }

  record(address: string): StoredVpcIP | undefined {
    return this.world.api.get<StoredVpcIP>("vpcips", { name: address });
  }

  /** Records with a mark, an intent or a tombstone. */
  get unfinished(): readonly string[] {
    return this.world.api
      .list<StoredVpcIP>("vpcips")
      .filter(({ spec }) => spec.leak ?? spec.release ?? spec.tombstones)
      .map(({ metadata }) => metadata.name);
  }

  lease(node = "a"): StoredLease | undefined {
    return this.world.api.get<StoredLease>("leases", { namespace: SYSTEM_NAMESPACE, name: node });
  }

  /** Requests on a node's lease, answered or not. */
  requests(node = "a"): readonly string[] {
    const keys = Object.keys(this.lease(node)?.metadata.annotations ?? {});
    return keys.filter((key) => key.startsWith(ANNOTATION.handOverRequestPrefix));
  }

  isMarked(address: string): boolean {
    return address !== "" && this.record(address)?.spec.leak !== undefined;
  }

  has(address: string, interfaceID?: string): boolean {
    return this.world.ec2
      .snapshot()
      .some(
        ({ id, secondary }) =>
          (interfaceID === undefined || id === interfaceID) && secondary.some((item) => item === address),
      );
  }

  freezeObject(): (KubeObject & { readonly data?: Readonly<Record<string, string>> }) | undefined {
    return this.world.api.get("configmaps", FREEZE_CONFIG_MAP);
  }

  /** Calls of the functions, since the cluster was started. */
  calls(verb: string, resource: string): number {
    const counts = this.world.kubernetes.calls.byVerb({ user: RECLAIMER_USER, resource });
    return counts[verb] ?? 0;
  }

  cloudCalls(action: string): number {
    return this.world.ec2.calls.byAction(RECLAIMER_KEY)[action] ?? 0;
  }
}
