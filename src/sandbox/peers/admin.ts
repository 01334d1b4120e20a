import { setTimeout as sleep } from "node:timers/promises";
import { accessFromKubeconfigFile, type ClusterAccess } from "../../adapters/kubernetes/index.ts";
import {
  collectionPath,
  type ObjectKey,
  objectPath,
  type Resource,
} from "../../adapters/kubernetes/resources.ts";
import { openWire } from "../../adapters/kubernetes/wire.ts";
import type { KubeObject } from "../kubernetes/index.ts";

const TIMEOUT_MILLISECONDS = 30_000;
const TRIES = 60;
const PAUSE_MILLISECONDS = 250;
/** Kubernetes API concepts, "Field validation". */
const STRICT = { fieldValidation: "Strict" };

/** What becomes of fields that the server's schema doesn't have. */
export type UnknownFields = "refused" | "dropped";

/** An object to send. */
export interface Manifest {
  readonly metadata: ObjectKey & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Whoever may do everything at a real API server, in real time: kubelets, schedulers and whoever lays a scenario. */
export interface Admin {
  readonly access: ClusterAccess;
  /** Undefined where it isn't there. */
  get(resource: Resource, key: ObjectKey): Promise<KubeObject | undefined>;
  /** Undefined where the server doesn't serve the resource (yet). */
  list(resource: Resource): Promise<readonly KubeObject[] | undefined>;
  /** This and the others throw what the server says where it refuses. */
  create(resource: Resource, object: Manifest, unknownFields?: UnknownFields): Promise<KubeObject>;
  replace(resource: Resource, object: Manifest, subresource?: "status"): Promise<KubeObject>;
  /** Nothing happens where it isn't there. */
  remove(
    resource: Resource,
    key: ObjectKey,
    options?: { readonly gracePeriodSeconds: number },
  ): Promise<void>;
  close(): void;
}

/** @param kubeconfig path */
export function adminOf(kubeconfig: string): Admin {
  const access = accessFromKubeconfigFile(kubeconfig);
  const wire = openWire(access, { userAgent: "scenario", now: () => Date.now() });
  const send = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
    query?: Readonly<Record<string, string>>,
  ): Promise<unknown> => {
    const call = {
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    };
    let answer = await wire.send(call);
    // The storage of a new CRD is being made: nothing was done.
    for (let tries = 1; answer.status === 429 && tries < TRIES; tries++) {
      await sleep(PAUSE_MILLISECONDS);
      answer = await wire.send(call);
    }
    if (answer.status === 404 && (method === "GET" || method === "DELETE")) return undefined;
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    access,
    get: async (resource, key) => (await send("GET", objectPath(resource, key))) as KubeObject | undefined,
    async list(resource) {
      const answer = (await send("GET", collectionPath(resource))) as { items: KubeObject[] } | undefined;
      return answer?.items;
    },
    create: async (resource, object, unknownFields = "refused") =>
      (await send(
        "POST",
        collectionPath(resource, object.metadata.namespace),
        object,
        unknownFields === "refused" ? STRICT : undefined,
      )) as KubeObject,
    async replace(resource, object, subresource) {
      const path = objectPath(resource, object.metadata);
      return (await send(
        "PUT",
        subresource === undefined ? path : `${path}/status`,
        object,
        STRICT,
      )) as KubeObject;
    },
    async remove(resource, key, options = { gracePeriodSeconds: 0 }) {
      await send("DELETE", objectPath(resource, key), options);
    },
    close: () => wire.close(),
  };
}
