import type { Parsed } from "../../domain/objects/metadata.ts";
import {
  ClusterError,
  type ClusterWriter,
  type Created,
  type Deleted,
  type Replaced,
} from "../../ports/cluster.ts";
import { type Calls, keyOf, type RawCreated, type RawObject, type RawReplaced } from "./calls.ts";
import { configMapFrom } from "./config-map.ts";
import { withMirror } from "./labels.ts";
import { parseNodeENIConfig, parseVpcIP, parseVpcIPClaim } from "./parse.ts";
import { CONFIG_MAPS, NODE_ENI_CONFIGS, type Resource, VPC_IP_CLAIMS, VPC_IPS } from "./resources.ts";
import { createSentinels } from "./sentinels.ts";

export function clusterWriter(calls: Calls): ClusterWriter {
  return {
    async createVpcIP(object) {
      return created(await calls.create(VPC_IPS, undefined, withMirror(object)), (raw) =>
        stored(parseVpcIP(raw)),
      );
    },
    async replaceVpcIP(object) {
      return replaced(await calls.replace(VPC_IPS, withMirror(object)), (raw) => stored(parseVpcIP(raw)));
    },
    deleteVpcIP: (object) => remove(calls, VPC_IPS, object),

    async createNodeConfig(object) {
      return created(await calls.create(NODE_ENI_CONFIGS, undefined, object), (raw) =>
        stored(parseNodeENIConfig(raw)),
      );
    },
    async replaceNodeConfigStatus(object) {
      return replaced(await calls.replace(NODE_ENI_CONFIGS, object, "status"), (raw) =>
        stored(parseNodeENIConfig(raw)),
      );
    },
    async replaceNodeConfig(object) {
      return replaced(await calls.replace(NODE_ENI_CONFIGS, object), (raw) =>
        stored(parseNodeENIConfig(raw)),
      );
    },
    deleteNodeConfig: (object) => remove(calls, NODE_ENI_CONFIGS, object),

    deleteClaim: (object) => remove(calls, VPC_IP_CLAIMS, object),
    async replaceClaimStatus(object) {
      return replaced(await calls.replace(VPC_IP_CLAIMS, object, "status"), (raw) =>
        stored(parseVpcIPClaim(raw)),
      );
    },

    async createConfigMap(namespace, name, data) {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data };
      return created(await calls.create(CONFIG_MAPS, namespace, object), configMapFrom);
    },
    async replaceConfigMap(namespace, name, { uid, resourceVersion, data }) {
      const metadata = { namespace, name, uid, resourceVersion };
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
      return replaced(await calls.replace(CONFIG_MAPS, object), configMapFrom);
    },

    createSentinels: () => createSentinels(calls),
  };
}

type StoredObject = RawObject & {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
};

export function remove(calls: Calls, resource: Resource, object: StoredObject): Promise<Deleted> {
  return calls.remove(resource, keyOf(object), object.metadata);
}

export function created<T>(answer: RawCreated, parse: (raw: RawObject) => T): Created<T> {
  return answer.outcome === "created" ? { outcome: "created", object: parse(answer.object) } : answer;
}

export function replaced<T>(answer: RawReplaced, parse: (raw: RawObject) => T): Replaced<T> {
  return answer.outcome === "replaced" ? { outcome: "replaced", object: parse(answer.object) } : answer;
}

/** The write happened, but what it made is of a shape that we don't know: somebody else had a hand in it. */
export function stored<T>(parsed: Parsed<T>): T {
  if (parsed.readable) return parsed.object;
  throw new ClusterError(
    "unclear",
    `what the API server made of ${parsed.name} is unreadable: ${parsed.why}`,
  );
}
