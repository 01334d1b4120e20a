import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { KubeObject } from "../kubernetes/index.ts";
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
