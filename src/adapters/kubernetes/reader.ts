import type { NodeView, PodView } from "../../domain/evidence.ts";
import { carriesRequests, isNodeLease } from "../../domain/node-lease.ts";
import { type ObjectMeta, objectMeta, type Stored } from "../../domain/objects/metadata.ts";
import { SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import { ClusterError, type ClusterReader, type Found, type VpcIPEntry } from "../../ports/cluster.ts";
import type { Calls, RawObject } from "./calls.ts";
import { configMapFrom } from "./config-map.ts";
import { mirrorOf } from "./labels.ts";
import { fieldIs, listAll } from "./list.ts";
import { readNode } from "./node-from.ts";
import { parseLease, parseNodeENIConfig, parseVpcIP, parseVpcIPClaim, reasons } from "./parse.ts";
import { type Read, readPod } from "./pod-from.ts";
import { readOnce } from "./read-once.ts";
import {
  CONFIG_MAPS,
  LEASES,
  NAMESPACES,
  NODE_ENI_CONFIGS,
  NODES,
  PODS,
  type Resource,
  VPC_IP_CLAIMS,
  VPC_IPS,
} from "./resources.ts";

/** Pods that may yet run: neither Succeeded nor Failed (Kubernetes "Field Selectors", Pod: status.phase). */
const NOT_FINISHED = "status.phase!=Succeeded,status.phase!=Failed";

export function clusterReader(calls: Calls): ClusterReader {
  async function get<T>(
    resource: Resource,
    key: { name: string; namespace?: string },
    parse: (raw: RawObject) => T,
  ): Promise<Found<T>> {
    const found = await calls.get(resource, key);
    return found.found ? { found: true, object: parse(found.object) } : found;
  }

  return {
    serverTime: () => calls.serverTime(),

    async clusterUID() {
      const found = await calls.get(NAMESPACES, { name: "kube-system" });
      if (!found.found) throw new ClusterError("unreadable", "the cluster has no kube-system namespace");
      return metadataOf(found.object).uid;
    },

    listNodeConfigs: () => listAll(calls, NODE_ENI_CONFIGS, {}, parseNodeENIConfig),

    async nodeConfigVersions() {
      const entries = await listAll(calls, NODE_ENI_CONFIGS, { metadataOnly: true }, (raw) => {
        const { name, resourceVersion } = metadataOf(raw);
        return [name, resourceVersion] as const;
      });
      return new Map(entries);
    },

    getNodeConfig: (name) => get(NODE_ENI_CONFIGS, { name }, parseNodeENIConfig),

    listVpcIPLabels: (selector) =>
      listAll(calls, VPC_IPS, { metadataOnly: true, labelSelector: selector }, vpcIPEntry),

    listVpcIPsOfNode: (nodeName) =>
      listAll(calls, VPC_IPS, { fieldSelector: fieldIs("spec.nodeName", nodeName) }, (raw) => {
        const parsed = parseVpcIP(raw);
        if (parsed.readable) mustBeOfNode(parsed.object.spec.nodeName, nodeName, VPC_IPS);
        return parsed;
      }),

    getVpcIP: (name) => get(VPC_IPS, { name }, parseVpcIP),

    async livePodUIDs() {
      const query = { metadataOnly: true, fieldSelector: NOT_FINISHED };
      return new Set(await listAll(calls, PODS, query, (raw) => metadataOf(raw).uid));
    },

    listPodsOfNode: (nodeName) =>
      listAll(calls, PODS, { fieldSelector: fieldIs("spec.nodeName", nodeName) }, (raw): PodView => {
        const pod = podView(raw);
        mustBeOfNode(pod.nodeName, nodeName, PODS);
        return pod;
      }),

    getPod: (namespace, name) => get(PODS, { namespace, name }, podView),

    getNode: (name) => get(NODES, { name }, nodeView),

    listStaticClaims: () =>
      listAll(calls, VPC_IP_CLAIMS, { fieldSelector: "spec.static=true" }, parseVpcIPClaim),

    getClaim: (namespace, name) => get(VPC_IP_CLAIMS, { namespace, name }, parseVpcIPClaim),

    getLease: (name) => get(LEASES, { namespace: SYSTEM_NAMESPACE, name }, parseLease),

    async listLeases() {
      const query = { namespace: SYSTEM_NAMESPACE, metadataOnly: true };
      return (await listAll(calls, LEASES, query, metadataOf))
        .filter(isNodeLease)
        .map((metadata) => ({ nodeName: metadata.name, carriesRequests: carriesRequests(metadata) }));
    },

    getConfigMap: (namespace, name) => get(CONFIG_MAPS, { namespace, name }, configMap),
  };
}

const podView = readOnce((raw: RawObject): PodView => readable(raw, readPod(raw)));
const nodeView = readOnce((raw: RawObject): NodeView => readable(raw, readNode(raw)));
const configMap = readOnce(configMapFrom);

const vpcIPEntry = readOnce((raw: RawObject): VpcIPEntry => {
  const metadata = metadataOf(raw);
  const { name, uid, resourceVersion } = metadata;
  return { name, uid, resourceVersion, labels: mirrorOf(metadata) };
});

const storedMeta = objectMeta.required({ uid: true, resourceVersion: true });

/** Metadata of an object of a list. Without it the list isn't one: a Pod without UID would be no keeper of anything. */
const metadataOf = readOnce((raw: RawObject): Stored<{ metadata: ObjectMeta }>["metadata"] => {
  const parsed = storedMeta.safeParse(raw.metadata);
  if (!parsed.success) throw unreadable(raw, `metadata.${reasons(parsed.error)}`);
  return parsed.data;
});

/** An unreadable Pod or Node fails the read: what it would have kept is unknown. */
function readable<T>(raw: RawObject, read: Read<T>): T {
  if (!read.readable) throw unreadable(raw, `${read.path}: ${read.why}`);
  return read.object;
}

function unreadable(raw: RawObject, why: string): ClusterError {
  const { namespace, name } = raw.metadata;
  const place = [raw["kind"], [namespace, name].filter(Boolean).join("/")].join(" ");
  return new ClusterError("unreadable", `${place}: ${why}`);
}

/** A server that shows other nodes' objects has not understood the filter, and may leave out some of this node's. */
function mustBeOfNode(shown: string | undefined, asked: string, { plural }: Resource): void {
  if (shown === asked) return;
  throw new ClusterError(
    "unreadable",
    `the list of ${plural} of node ${asked} holds some of ${shown ?? "none"}`,
  );
}
