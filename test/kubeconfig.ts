/**
 * A kubeconfig file of one cluster, as JSON.
 *
 * @param token of its only user, who has none if absent
 * @param more of the cluster
 */
export function kubeconfigOf(
  server: string,
  token?: string,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server, ...more } }],
    users: [{ name: "u", user: token === undefined ? {} : { token } }],
  });
}
