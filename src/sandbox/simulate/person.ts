import type { Address } from "../../domain/address.ts";
import { ANNOTATION, FREEZE_CONFIG_MAP, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import type { Dice } from "./dice.ts";
import type { SimNode } from "./node.ts";
import type { Stage } from "./stage.ts";

type FreezeObject = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const BY_HAND = "by hand";

/** A person at the cluster, who does what docs/operations.md says, and now and then what it doesn't. */
export class Person {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get isFrozen(): boolean {
    return this.#map()?.data?.["frozen"] !== "false";
  }

  freeze(): void {
    this.#write({ frozen: "true", reason: BY_HAND });
  }

  /** `kubectl delete configmap`: that is no way to lift a freeze. */
  deleteFreeze(): void {
    this.#stage.log.add("person", "deletes the freeze object");
    this.#stage.world.api.delete("configmaps", FREEZE_CONFIG_MAP);
  }

  /** Annotates one of the marked addresses of a node, if no release of it has begun. */
  optOut(node: string, dice: Dice): void {
    const { world, oracle, log } = this.#stage;
    const marked = (world.kubernetes.objects("vpcips.vpcip.dev") as unknown as StoredVpcIP[]).filter(
      ({ spec }) => spec.nodeName === node && spec.leak !== undefined && spec.release === undefined,
    );
    const name = dice.pick(marked)?.metadata.name;
    if (name === undefined || !this.#annotate(name, { [ANNOTATION.keep]: "true" })) return;
    log.add("person", `wants ${name} kept`);
    oracle.kept.add(name as Address);
  }

  /** Nothing is kept by hand any more: the records go. */
  keepsNothing(): void {
    const { oracle, log, world } = this.#stage;
    for (const record of world.kubernetes.objects("vpcips.vpcip.dev")) {
      const { [ANNOTATION.keep]: keep, ...annotations } = record.metadata.annotations ?? {};
      if (keep !== "true") continue;
      log.add("person", `lets ${record.metadata.name} go`);
      world.api.replace("vpcips", { ...record, metadata: { ...record.metadata, annotations } });
    }
    oracle.kept.clear();
  }

  #annotate(name: string, annotations: Readonly<Record<string, string>>): boolean {
    const { api } = this.#stage.world;
    const record = api.get<KubeObject>("vpcips", { name });
    if (record === undefined) return false;
    const metadata = { ...record.metadata, annotations: { ...record.metadata.annotations, ...annotations } };
    return api.replace("vpcips", { ...record, metadata }).status === 200;
  }

  /** Edits the lease of a node: its holder is somebody else from now on, for that term. */
  takeLease(node: string, seconds: number): void {
    const { world, leases, log } = this.#stage;
    const lease = world.api.get<KubeObject>("leases", { namespace: SYSTEM_NAMESPACE, name: node });
    if (lease === undefined) return;
    log.add("person", `takes the lease of ${node} for ${seconds} s`);
    leases.byPerson(lease);
    const spec = {
      ...(lease["spec"] as object),
      holderIdentity: "somebody",
      leaseDurationSeconds: seconds,
      renewTime: new Date(this.#stage.clock.now()).toISOString().replace("Z", "000Z"),
    };
    world.api.replace("leases", { ...lease, metadata: { ...lease.metadata }, spec });
  }

  /** Docs/operations.md, "Freeze". */
  thaw(): void {
    this.#write({ frozen: "false" });
  }

  /** Lets things go on, by whichever page of the runbook the freeze object's reason points to. */
  lets(nodes: readonly SimNode[], spawn: (work: Promise<unknown>) => void): void {
    if (!this.isFrozen) return;
    if (this.#map()?.data?.["reason"] === BY_HAND) this.thaw();
    else spawn(this.accept(nodes));
  }

  /** Docs/operations.md, "After a restore": the allocators start again, then the state is taken for the right one. */
  async accept(nodes: readonly SimNode[]): Promise<void> {
    const { log, clusterUID } = this.#stage;
    log.add("person", "follows the runbook after a restore");
    for (const node of nodes) {
      if (node.power !== "running") continue;
      node.agent.kill();
      node.agent.start();
    }
    await this.#stage.sleep(10 * 60_000);
    this.#stage.oracle.memoryAccepted();
    this.#write({ frozen: "false", reason: "", accept: clusterUID });
  }

  #write(data: Readonly<Record<string, string>>): void {
    const { api } = this.#stage.world;
    const map = this.#map();
    this.#stage.log.add("person", `freeze object: ${JSON.stringify(data)}`);
    if (map === undefined)
      api.create("configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { ...FREEZE_CONFIG_MAP },
        data,
      });
    else api.replace("configmaps", { ...map, metadata: { ...map.metadata }, data: { ...map.data, ...data } });
  }

  #map(): FreezeObject | undefined {
    return this.#stage.world.api.get<FreezeObject>("configmaps", FREEZE_CONFIG_MAP);
  }
}
