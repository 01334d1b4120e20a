import type { Values } from "./variables.ts";

/** How the functions are told where the API server is. */
export type KubernetesSource =
  | { readonly kind: "eks"; readonly clusterName: string }
  | { readonly kind: "kubeconfig-parameter"; readonly parameterName: string }
  | { readonly kind: "kubeconfig-file"; readonly path: string };

/** One variable for each way to the cluster: exactly one of them is set. */
export const SOURCES = [
  "RECLAIMER_EKS_CLUSTER",
  "RECLAIMER_KUBECONFIG_PARAMETER",
  "RECLAIMER_KUBECONFIG",
] as const;

/** What is wrong with which of them are set; undefined where nothing is. */
export function sourceProblem(isSet: (name: string) => boolean): string | undefined {
  const set = SOURCES.filter(isSet);
  if (set.length === 1) return undefined;
  return set.length === 0
    ? `${SOURCES.join(", ")}: none is set, set one: the cluster's name in EKS, the name of an SSM parameter that holds a kubeconfig, or the path of a kubeconfig file`
    : `${set.join(", ")}: ${set.length} are set, keep one: each is another way to the cluster`;
}

/** Of values in which exactly one of them is set. */
export function sourceOf(values: Values): KubernetesSource {
  const { RECLAIMER_EKS_CLUSTER: clusterName, RECLAIMER_KUBECONFIG_PARAMETER: parameterName } = values;
  if (clusterName !== undefined) return { kind: "eks", clusterName };
  if (parameterName !== undefined) return { kind: "kubeconfig-parameter", parameterName };
  return { kind: "kubeconfig-file", path: values.RECLAIMER_KUBECONFIG ?? "" };
}
