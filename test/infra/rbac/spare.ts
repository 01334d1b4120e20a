import { covers, type Grant } from "./evaluate.ts";
import { type Request, shown } from "./request.ts";

/** Names that are the same in every cluster: a right to one of them need not be a right to all. */
const FIXED = new Set([
  "kube-system",
  "vpcip-system",
  "reclaimer-freeze",
  "sentinel",
  "sentinel.vpcip.dev",
  "0.0.0.0",
]);
const NAMESPACED = new Set(["pods", "configmaps", "leases", "vpcipclaims", "vpcipclaims/status"]);
const SYSTEM = "vpcip-system";

/** The smallest parts of a grant: one verb, one resource, one name or all. */
function atomsOf({ rule, ...grant }: Grant): readonly Grant[] {
  const names = rule.resourceNames?.map((name) => [name]) ?? [[]];
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((resourceNames) => ({
          ...grant,
          rule: { apiGroups: [group], resources: [resource], verbs: [verb], resourceNames },
        })),
      ),
    ),
  );
}

function shownAtom({ rule, namespace }: Grant): string {
  const [group = "", resource = "", verb = "", name] = [
    rule.apiGroups[0],
    rule.resources[0],
    rule.verbs[0],
    rule.resourceNames?.[0],
  ];
  return shown({ group, resource, verb, namespace, name });
}

/** Parts of what is granted that no request needs. */
export const unneeded = (grants: readonly Grant[], requests: readonly Request[]): readonly string[] =>
  grants
    .flatMap(atomsOf)
    .filter((atom) => !requests.some((request) => covers(atom, request)))
    .map(shownAtom);

/** Parts that are granted twice. */
export function twice(grants: readonly Grant[]): readonly string[] {
  const atoms = grants.flatMap(atomsOf).map(shownAtom);
  return atoms.filter((atom, at) => atoms.indexOf(atom) !== at);
}

/** Parts that could be granted for one name, or in one namespace, for all that is ever asked. */
export const tooWide = (grants: readonly Grant[], requests: readonly Request[]): readonly string[] =>
  grants
    .flatMap(atomsOf)
    .filter((atom) => {
      const asked = requests.filter((request) => covers(atom, request));
      if (asked.length === 0) return false;
      const isNamed = (atom.rule.resourceNames ?? []).length > 0;
      const couldBeNamed = !isNamed && asked.every(({ name }) => name !== undefined && FIXED.has(name));
      const isInNamespace = NAMESPACED.has(atom.rule.resources[0] ?? "");
      const couldBeInside =
        isInNamespace && atom.namespace === undefined && asked.every(({ namespace }) => namespace === SYSTEM);
      return couldBeNamed || couldBeInside;
    })
    .map(shownAtom);
