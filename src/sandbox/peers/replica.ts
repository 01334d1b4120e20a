import {
  apiVersionOf,
  LEASES,
  NODE_ENI_CONFIGS,
  type Resource,
  VPC_IP_CLAIMS,
  VPC_IPS,
} from "../../adapters/kubernetes/resources.ts";
import type { KubeObject, KubernetesSimulator } from "../kubernetes/index.ts";
import type { Route } from "../kubernetes/route.ts";
import type { Admin } from "./admin.ts";

/** Those whose changes kubelets, allocators and the truth must hear of. */
const FOLLOWED: readonly Resource[] = [VPC_IPS, NODE_ENI_CONFIGS, VPC_IP_CLAIMS, LEASES];

/** A resource as the simulator names it. */
export const keyOf = ({ plural, group }: Resource): string => (group === "" ? plural : `${plural}.${group}`);

/**
 * The simulator's memory as a copy of what a real API server has, so that those who hear of changes there (an allocator of its
 * lease, the truth of pools) hear of them here. Nobody reads it but them.
 */
export class Replica {
  readonly #memory: KubernetesSimulator;
  /** The real server's version of each object, by UID: answers may overtake each other. */
  readonly #versions = new Map<string, number>();

  constructor(memory: KubernetesSimulator) {
    this.#memory = memory;
  }

  saw(resource: Resource, object: KubeObject): void {
    const { uid = "", resourceVersion } = object.metadata;
    const version = Number(resourceVersion);
    if ((this.#versions.get(uid) ?? 0) >= version) return;
    this.#versions.set(uid, version);
    this.#memory.seed(keyOf(resource), [object]);
  }

  /** A write that has succeeded. */
  wrote(method: string, { resource: asked }: Route, answer: unknown): void {
    const resource = FOLLOWED.find(({ plural, group }) => plural === asked?.plural && group === asked.group);
    if (resource === undefined || asked === undefined) return;
    const { kind, apiVersion } = answer as KubeObject;
    const isObject = kind === resource.kind && apiVersion === apiVersionOf(resource);
    if (isObject) this.saw(resource, answer as KubeObject);
    else if (method === "DELETE" && asked.name !== undefined)
      this.#memory.erase(keyOf(resource), asked.name, asked.namespace);
  }

  /** Takes over what there is now, also what controllers have done. */
  async readAll(admin: Admin): Promise<void> {
    for (const resource of FOLLOWED) {
      const there = (await admin.list(resource)) ?? [];
      for (const object of there) this.saw(resource, object);
      const uids = new Set(there.map(({ metadata }) => metadata.uid));
      for (const { metadata } of this.#memory.objects(keyOf(resource)))
        if (!uids.has(metadata.uid)) this.#memory.erase(keyOf(resource), metadata.name, metadata.namespace);
    }
  }
}
