import { ANNOTATION, FREEZE_CONFIG_MAP, SENTINEL } from "../../domain/objects/names.ts";
import type { MirroredState } from "../../ports/mirror.ts";
import { AGENT_TOKEN } from "../engine/world.ts";
import type { KubeObject, SimulatorSnapshot } from "../kubernetes/index.ts";
import type { Dice } from "./dice.ts";
import type { SimNode } from "./node.ts";
import type { Pods } from "./pods.ts";
import type { Stage } from "./stage.ts";
import type { Statics } from "./statics.ts";

const KINDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const LONGEST_MILLISECONDS = 30 * 60_000;

interface Around {
  readonly pods: Pods;
  readonly statics: Statics;
  readonly nodes: readonly SimNode[];
  /** What the mirror outside of etcd knows. */
  readonly mirrored: () => MirroredState | undefined;
}

/** Etcd as people treat it: saved, restored, and with its kinds deleted and made again. */
export class Etcd {
  readonly #stage: Stage;
  readonly #pods: Pods;
  readonly #statics: Statics;
  readonly #nodes: readonly SimNode[];
  readonly #mirrored: Around["mirrored"];
  #saved: SimulatorSnapshot | undefined;

  constructor(stage: Stage, { pods, statics, nodes, mirrored }: Around) {
    this.#stage = stage;
    this.#mirrored = mirrored;
    this.#pods = pods;
    this.#statics = statics;
    this.#nodes = nodes;
  }

  save(): void {
    this.#saved = this.#stage.world.kubernetes.snapshot();
    this.#stage.log.add("etcd", "is saved");
  }

  /** What came since is forgotten; kubelets and controllers then make of it what they find. */
  restore(dice: Dice): void {
    if (this.#saved === undefined) return;
    const { world, log } = this.#stage;
    const { revision } = world.kubernetes;
    log.add("etcd", `goes back to revision ${this.#saved.revision}`);
    this.#stage.underWay.forget();
    world.kubernetes.restore(this.#saved, dice.chance(0.5) ? { revision: revision + 1_000_000 } : {});
    this.#stage.leases.forget();
    this.#stage.refusals.begins();
    if (this.#isAsMirrored()) this.#stage.oracle.memoryLooksWhole();
    else this.#forgets(this.#runs() < (this.#mirrored()?.runs ?? 0) && !this.#isWordPending);
    this.#stage.lookAtFreeze();
    this.#statics.etcdWentBack();
    this.#pods.reconcile(dice.length(1_000, LONGEST_MILLISECONDS));
    for (const node of this.#nodes) node.lookAtObjects();
  }

  /** A CustomResourceDefinition is deleted, with all its objects, and made again. */
  makeKindAgain(dice: Dice, only?: string): void {
    const { kubernetes } = this.#stage.world;
    const kinds = kubernetes
      .objects("customresourcedefinitions.apiextensions.k8s.io")
      .filter(({ metadata }) => only === undefined || metadata.name === only);
    const kind = dice.pick(kinds);
    if (kind === undefined) return;
    const { name } = kind.metadata;
    this.#stage.log.add("person", `deletes the kind ${name} and makes it again`);
    this.#forgets(!this.#isWordPending);
    const sentinel = this.#sentinelOf(name);
    this.#send("DELETE", `${KINDS}/${name}`);
    const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...metadata } = kind.metadata;
    const { status: _status, ...definition } = kind as KubeObject & { readonly status?: unknown };
    this.#send("POST", KINDS, structuredClone({ ...definition, metadata: { ...metadata, finalizers: [] } }));
    if (sentinel !== undefined && dice.chance(0.5)) this.#layAgain(name, sentinel);
  }

  /** As an installer does, who knows nothing of the one that was there. */
  #layAgain(kind: string, { apiVersion, kind: of, metadata, ...content }: KubeObject): void {
    const { name, namespace } = metadata;
    const where = namespace === undefined ? { name } : { name, namespace };
    const { status: _status, ...spec } = content as { readonly status?: unknown };
    this.#stage.log.add("person", `makes the sentinel of ${kind} again`);
    this.#stage.world.api.lay(kind.split(".")[0] ?? "", {
      apiVersion,
      kind: of,
      metadata: where,
      ...structuredClone(spec),
    });
  }

  #sentinelOf(kind: string): KubeObject | undefined {
    const names: readonly string[] = [SENTINEL.vpcIP, SENTINEL.nodeENIConfig, SENTINEL.claim.name];
    return this.#stage.world.kubernetes.objects(kind).find(({ metadata }) => names.includes(metadata.name));
  }

  /**
   * A person's word that no run has used yet covers this loss, too: nobody can tell it from the one before. Once it was used, the
   * mirror has counted on.
   */
  get #isWordPending(): boolean {
    const map = this.#stage.world.api.get<{ data?: Record<string, string> }>("configmaps", FREEZE_CONFIG_MAP);
    const { accept, loss } = map?.data ?? {};
    return accept !== undefined && loss === `run-${this.#mirrored()?.runs ?? 0}`;
  }

  /** @param isSeen whether what is outside of etcd can tell */
  #forgets(isSeen: boolean): void {
    const { oracle, clock, underWay } = this.#stage;
    underWay.forget();
    if (isSeen) oracle.memoryLost();
    else oracle.times.forget(clock.now());
  }

  #runs(): number {
    return Number(this.#nodeSentinel()?.metadata.annotations?.[ANNOTATION.runCounter] ?? 0);
  }

  #nodeSentinel() {
    return this.#stage.world.api.get("nodeeniconfigs", { name: SENTINEL.nodeENIConfig });
  }

  /** Whether nothing outside of etcd can tell that it went back. */
  #isAsMirrored(): boolean {
    const { api } = this.#stage.world;
    const mirrored = this.#mirrored();
    return (
      mirrored !== undefined &&
      this.#runs() >= mirrored.runs &&
      this.#nodeSentinel()?.metadata["uid"] === mirrored.nodeENIConfigUID &&
      api.get("vpcips", { name: SENTINEL.vpcIP })?.metadata["uid"] === mirrored.vpcIPUID &&
      api.get("vpcipclaims", SENTINEL.claim)?.metadata["uid"] === mirrored.claimUID
    );
  }

  #send(method: string, path: string, body?: object): void {
    const headers = { authorization: `Bearer ${AGENT_TOKEN}`, "content-type": "application/json" };
    const answer = this.#stage.world.kubernetes.handle({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  }
}
