import { read } from "../../docs/pages.ts";
import { distinct, type Request } from "./request.ts";

/** The pages that tell people what to do once all is installed. */
const PAGES = ["docs/operations.md", "docs/cnictl.md"];

/** Resources by the names that the pages use, and whether theirs is the whole cluster. */
const RESOURCES: Readonly<Record<string, Omit<Request, "verb">>> = {
  vip: { group: "vpcip.dev", resource: "vpcips" },
  nec: { group: "vpcip.dev", resource: "nodeeniconfigs" },
  vipc: { group: "vpcip.dev", resource: "vpcipclaims" },
  pods: { group: "", resource: "pods" },
  nodes: { group: "", resource: "nodes" },
  namespace: { group: "", resource: "namespaces" },
  configmap: { group: "", resource: "configmaps" },
};

/** kubectl reads an object before it patches it, and annotates by a patch. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  patch: ["get", "patch"],
  annotate: ["get", "patch"],
};

/** Every command line of kubectl on the pages, its parts as a shell would give them. */
export function commandsOfPages(): readonly (readonly string[])[] {
  const texts = PAGES.map((page) => read(page).replaceAll("\\\n", " "));
  const lines = texts.flatMap(
    (text) => text.match(/kubectl (?:'[^']*'|"(?:\\.|[^"\\])*"|[^`'"\n)>|])*/g) ?? [],
  );
  return [...new Set(lines.map((line) => line.trim()))].map(partsOf);
}

const partsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g)]
    .slice(1)
    .map(([part]) =>
      part.replaceAll(
        /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
        (_, plain?: string, double = "") => plain ?? double.replaceAll(/\\(.)/g, "$1"),
      ),
    );

function requestsOf(parts: readonly string[]): readonly Request[] {
  const at = parts.indexOf("-n");
  const rest = at < 0 ? parts : parts.toSpliced(at, 2);
  const [command = "", short = "", name] = rest;
  const what = RESOURCES[short];
  if (what === undefined) throw new Error(`kubectl ${parts.join(" ")}: of which resource?`);
  const isNamed = name !== undefined && !name.startsWith("-");
  const namespace = at < 0 ? undefined : parts[at + 1];
  if (!isNamed) return [{ ...what, verb: "list", namespace }];
  return (VERBS[command] ?? [command]).map((verb) => ({ ...what, verb, namespace, name }));
}

export const requestsOfPeople = (): readonly Request[] => distinct(commandsOfPages().flatMap(requestsOf));
