import type { PodView } from "../evidence.ts";

const SYSTEM = "kube-system";

/** The nodes on which a Pod of the DaemonSet aws-node runs: only there do its settings, e.g. warm targets, mean anything. */
export function nodesOfAwsNode(pods: readonly PodView[]): ReadonlySet<string> {
  return new Set(
    pods.flatMap(({ namespace, name, nodeName, finished }) =>
      namespace === SYSTEM && /^aws-node-/.test(name) && nodeName !== undefined && !finished
        ? [nodeName]
        : [],
    ),
  );
}

/**
 * The namespace that all Pods are of, where that can't be all of a cluster: nodes run Pods of kube-system, or in their
 * own network, beside those of any application.
 */
export function onlyNamespace(pods: readonly PodView[]): string | undefined {
  const namespaces = new Set(pods.map(({ namespace }) => namespace));
  if (namespaces.size !== 1 || namespaces.has(SYSTEM) || pods.some(({ hostNetwork }) => hostNetwork))
    return undefined;
  return [...namespaces][0];
}
