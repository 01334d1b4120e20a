/** The documents that clients read to learn what there is (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api). */
import { apiVersionOf } from "./cluster.ts";
import type { Store } from "./store.ts";
import type { ApiAnswer, JsonObject, ResourceDefinition } from "./types.ts";

export const kubernetesVersion = { major: "1", minor: "34", gitVersion: "v1.34.4", platform: "linux/amd64" };

const json = (body: unknown): ApiAnswer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body,
});

export const plainText = (status: number, body: string): ApiAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
  body,
});

/** What nothing is served at, known resource groups apart. */
export const pageNotFound = (): ApiAnswer => plainText(404, "404 page not found\n");

export function discover(store: Store, path: string): ApiAnswer {
  if (["/healthz", "/livez", "/readyz"].includes(path)) return plainText(200, "ok");
  if (path === "/version") return json(kubernetesVersion);
  if (path === "/api") return json({ kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] });
  const definitions = [...store.resources()].map((resource) => resource.definition);
  const groups = [...new Set(definitions.map((one) => one.group))].filter((group) => group !== "").sort();
  if (path === "/apis") {
    return json({
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map((name) => group(name, definitions)),
    });
  }
  const [root, first = "", second] = path.split("/").filter((part) => part !== "");
  if (root === "apis" && second === undefined && groups.includes(first)) {
    return json({ kind: "APIGroup", apiVersion: "v1", ...group(first, definitions) });
  }
  if (root === "api" && first === "v1" && second === undefined) return json(resources("", "v1", definitions));
  if (root === "apis" && second !== undefined && versionsOf(first, definitions).includes(second)) {
    return json(resources(first, second, definitions));
  }
  return pageNotFound();
}

const versionsOf = (name: string, definitions: readonly ResourceDefinition[]): string[] => [
  ...new Set(
    definitions
      .filter((one) => one.group === name)
      .flatMap((one) => one.versions.map((version) => version.name)),
  ),
];

function group(name: string, definitions: readonly ResourceDefinition[]): JsonObject {
  const versions = versionsOf(name, definitions).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

function resources(name: string, version: string, definitions: readonly ResourceDefinition[]): JsonObject {
  const served = definitions.flatMap((one) => {
    const found = one.versions.find((candidate) => candidate.name === version);
    return one.group === name && found !== undefined ? [{ one, found }] : [];
  });
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(name, version),
    resources: served.flatMap(({ one, found }) => {
      const { plural, singular, namespaced, kind, shortNames } = one;
      const main = { name: plural, singularName: singular, namespaced, kind, verbs, shortNames };
      const status = {
        name: `${plural}/status`,
        singularName: "",
        namespaced,
        kind,
        verbs: ["get", "patch", "update"],
      };
      return found.hasStatus ? [main, status] : [main];
    }),
  };
}
