import { Problem } from "../world.ts";
import type { Document } from "./document.ts";

/** Objects of a document, and whether more of them exist elsewhere. */
export interface Piece {
  /** What one of them is: `NetworkInterface`, `Instance`, or a Kubernetes kind. */
  readonly what: string;
  /** What the document calls itself, for people. */
  readonly calledAs: string;
  readonly source: string;
  readonly items: readonly Item[];
  readonly more?: More;
  /** metadata.resourceVersion of a Kubernetes list: all pages of one list have the same. */
  readonly version?: string;
}

export interface Item {
  readonly raw: unknown;
  /** JSON path in its document. */
  readonly path: string;
}

/** How a page says that it is not the last. */
export interface More {
  readonly field: "NextToken" | "metadata.continue" | "metadata.remainingItemCount";
  /** How many objects the following pages hold, where the page tells. */
  readonly remaining?: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** What each array of an AWS answer that we read holds. */
const AWS_LISTS = { NetworkInterfaces: "NetworkInterface", Reservations: "Instance" } as const;
const DEEPEST_ARRAY = 4;

/** Says what a document is. Anything but a whole list, page or object that we know is a {@link Problem}. */
export function recognise(document: Document): readonly Piece[] {
  return recogniseValue(document.value, document.source, "", 0);
}

function recogniseValue(value: unknown, source: string, path: string, depth: number): readonly Piece[] {
  const at = place(source, path);
  if (Array.isArray(value)) {
    if (value.length === 0 && depth === 0)
      throw new Problem(
        `${at}: an empty array, which says nothing of what it is a list of; give the whole output, not a part of it`,
      );
    if (depth > DEEPEST_ARRAY)
      throw new Problem(`${at}: arrays in arrays in arrays; give the output as it was printed`);
    return value.flatMap((element: unknown, index) =>
      recogniseValue(element, source, `${path}[${index}]`, depth + 1),
    );
  }
  if (typeof value !== "object" || value === null)
    throw new Problem(`${at}: ${JSON.stringify(value)} stands where a list or an object should be`);
  const fields = value as Fields;
  refuseErrors(fields, at);
  if (Object.hasOwn(fields, "kind")) return [kubernetes(fields, source, path)];
  for (const [list, what] of Object.entries(AWS_LISTS))
    if (Object.hasOwn(fields, list)) return [awsPage(fields, list, what, source, path)];
  if (typeof fields["NetworkInterfaceId"] === "string") return [one("NetworkInterface", value, source, path)];
  if (typeof fields["InstanceId"] === "string" && Object.hasOwn(fields, "State"))
    return [one("Instance", value, source, path)];
  if (Array.isArray(fields["Instances"])) return [instancesOf([{ ...fields }], source, path)];
  throw new Problem(`${at}: ${missingList(fields)}`);
}

function one(what: string, raw: unknown, source: string, path: string): Piece {
  return { what, calledAs: `single ${what}`, source, items: [{ raw, path }] };
}

function awsPage(fields: Fields, list: string, what: string, source: string, path: string): Piece {
  const items = fields[list];
  const inside = join(path, list);
  if (!Array.isArray(items))
    throw new Problem(
      `${place(source, inside)}: it is ${nameOf(items)}, not a list; give the output as it was printed`,
    );
  const token = fields["NextToken"] ?? fields["nextToken"];
  const more =
    token === undefined || token === null || token === "" ? {} : { more: { field: "NextToken" } as const };
  if (what === "Instance") return { ...instancesOf(items, source, inside), ...more };
  return {
    what,
    calledAs: `page of ${list}`,
    source,
    items: items.map((raw: unknown, index) => ({ raw, path: `${inside}[${index}]` })),
    ...more,
  };
}

function instancesOf(reservations: readonly unknown[], source: string, path: string): Piece {
  const items = reservations.flatMap((reservation, index) => {
    const inside = `${path}[${index}].Instances`;
    const instances = (reservation as Fields | null)?.["Instances"];
    if (!Array.isArray(instances))
      throw new Problem(
        `${place(source, inside)}: it is ${nameOf(instances)}, not a list; give the output as it was printed`,
      );
    return instances.map((raw: unknown, at) => ({ raw, path: `${inside}[${at}]` }));
  });
  return { what: "Instance", calledAs: "list of Reservations", source, items };
}

function kubernetes(fields: Fields, source: string, path: string): Piece {
  const { kind } = fields;
  const at = place(source, join(path, "kind"));
  if (typeof kind !== "string" || kind === "")
    throw new Problem(`${at}: it is ${nameOf(kind)}, not the name of a kind`);
  if (kind === "Table" || kind.startsWith("PartialObjectMetadata"))
    throw new Problem(`${at}: a ${kind} doesn't hold whole objects; write it with \`kubectl get … -o json\``);
  if (kind !== "List" && !(kind.endsWith("List") && Object.hasOwn(fields, "items")))
    return kind.endsWith("List") ? failItems(undefined, kind, source, path) : one(kind, fields, source, path);
  const { items } = fields;
  if (!Array.isArray(items)) return failItems(items, kind, source, path);
  const inside = join(path, "items");
  const whats = new Map<string, number>();
  for (const [index, raw] of items.entries()) {
    const own = (raw as Fields | null)?.["kind"];
    const what = typeof own === "string" ? own : kind === "List" ? undefined : kind.slice(0, -"List".length);
    if (what === undefined)
      throw new Problem(
        `${place(source, `${inside}[${index}]`)}: it has no kind; give what \`kubectl get … -o json\` printed`,
      );
    if (!whats.has(what)) whats.set(what, index);
  }
  const [[what] = [kind.slice(0, -"List".length)], second] = [...whats];
  if (second !== undefined)
    throw new Problem(
      `${place(source, inside)}: a list of several kinds (${[...whats.keys()].join(", ")}; the first ${second[0]} is ${inside}[${second[1]}]); write each kind into a file of its own`,
    );
  const version = metadataOf(fields)["resourceVersion"];
  const more = moreOf(fields, place(source, join(path, "metadata")));
  return {
    what: what === "" ? ANY : what,
    calledAs: kind,
    source,
    items: items.map((raw: unknown, index) => ({ raw, path: `${inside}[${index}]` })),
    ...(more === undefined ? {} : { more }),
    ...(typeof version === "string" && version !== "" ? { version } : {}),
  };
}

/** What an empty `List` holds: kubectl prints it for every kind. */
export const ANY = "(nothing)";

function failItems(items: unknown, kind: string, source: string, path: string): never {
  throw new Problem(
    `${place(source, join(path, "items"))}: the ${kind} has ${items === undefined ? "no items" : `${nameOf(items)} as items`}, so it is no list; give the whole output of \`kubectl get … -o json\``,
  );
}

function metadataOf(fields: Fields): Fields {
  const { metadata } = fields;
  return typeof metadata === "object" && metadata !== null ? (metadata as Fields) : {};
}

/** ListMeta (Kubernetes API reference): a list with `continue` or `remainingItemCount` is not the end. */
function moreOf(fields: Fields, at: string): More | undefined {
  const { continue: token, remainingItemCount: remaining } = metadataOf(fields);
  const hasToken = token !== undefined && token !== null && token !== "";
  if (remaining !== undefined && remaining !== null && typeof remaining !== "number")
    throw new Problem(`${at}.remainingItemCount: it is ${nameOf(remaining)}, not a number`);
  const count = typeof remaining === "number" && remaining > 0 ? { remaining } : {};
  if (hasToken) return { field: "metadata.continue", ...count };
  return "remaining" in count ? { field: "metadata.remainingItemCount", ...count } : undefined;
}

/** Errors that were saved in place of a list. */
function refuseErrors(fields: Fields, at: string): void {
  if (fields["kind"] === "Status")
    throw new Problem(
      `${at}: a saved error message of kubectl (an error of the Kubernetes API), no list: ${told(fields["reason"], fields["message"])}; ask it again`,
    );
  const error = fields["Error"] ?? (Array.isArray(fields["Errors"]) ? fields["Errors"][0] : undefined);
  const holder = typeof error === "object" && error !== null ? (error as Fields) : fields;
  const code = holder["Code"] ?? holder["__type"] ?? holder["code"];
  const message = holder["Message"] ?? holder["message"];
  if (typeof code === "string" && (holder !== fields || typeof message === "string"))
    throw new Problem(`${at}: a saved error message of aws, no list: ${told(code, message)}; ask it again`);
}

function told(...parts: readonly unknown[]): string {
  const words = parts.filter((part): part is string => typeof part === "string" && part !== "");
  return words.length === 0 ? "no reason is given" : words.join(": ").slice(0, 300);
}

function missingList(fields: Fields): string {
  const keys = Object.keys(fields);
  const shown =
    keys.length === 0
      ? "it is empty"
      : `it has ${keys.slice(0, 5).join(", ").slice(0, 200)}${keys.length > 5 ? ", …" : ""}`;
  return `no list that cnictl reads, and no "kind": ${shown}; give what \`aws ec2 describe-network-interfaces\`, \`aws ec2 describe-instances\` or \`kubectl get … -o json\` printed`;
}

/** What a value is, in a word or two. */
export function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

export function place(source: string, path: string): string {
  return path === "" ? source : `${source}: ${path}`;
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
