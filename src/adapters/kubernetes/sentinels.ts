import { LABEL, SENTINEL, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { Calls, RawObject } from "./calls.ts";
import {
  apiVersionOf,
  NAMESPACES,
  NODE_ENI_CONFIGS,
  type Resource,
  VPC_IP_CLAIMS,
  VPC_IPS,
} from "./resources.ts";

const LABELS = { [LABEL.sentinel]: "true" };

/**
 * What a new install is given: objects that must be in every complete list from then on. Each is created where it is missing
 * and left as it is where it is not; the namespace comes first. The claim is a static one, so that the list of these has it too.
 */
const SENTINELS: readonly { readonly resource: Resource; readonly object: RawObject }[] = [
  sentinel(NAMESPACES, { metadata: { name: SYSTEM_NAMESPACE } }),
  sentinel(VPC_IPS, {
    metadata: { name: SENTINEL.vpcIP, labels: LABELS },
    spec: { nodeName: SENTINEL.nodeENIConfig },
  }),
  sentinel(NODE_ENI_CONFIGS, { metadata: { name: SENTINEL.nodeENIConfig, labels: LABELS }, spec: {} }),
  sentinel(VPC_IP_CLAIMS, {
    metadata: { ...SENTINEL.claim, labels: LABELS },
    spec: { static: true, reclaimPolicy: "Never" },
  }),
];

function sentinel(resource: Resource, content: RawObject) {
  return { resource, object: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...content } };
}

export async function createSentinels(calls: Calls): Promise<void> {
  for (const { resource, object } of SENTINELS) {
    const key = {
      name: String(object.metadata["name"]),
      namespace: object.metadata["namespace"] as string | undefined,
    };
    const found = await calls.get(resource, key);
    // "exists" means that somebody else was faster.
    if (!found.found) await calls.create(resource, key.namespace, object);
  }
}
