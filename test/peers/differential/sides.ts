import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Body } from "../../contract/kubernetes/bodies.ts";
import { type Answer, type KubernetesPeer, Wire } from "../../contract/kubernetes/wire.ts";
import { CRDS } from "../crds/folder.ts";

/** One of the two servers that are asked the same, and what it has answered so far. */
export class Side {
  readonly wire: Wire;
  /** Each version of an object that was seen, the oldest first. */
  readonly #seen = new Map<string, Body[]>();
  readonly #uids = new Map<string, string>();

  constructor(peer: KubernetesPeer) {
    this.wire = new Wire(() => peer);
  }

  async prepare(namespace: string): Promise<void> {
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    for (const file of readdirSync(CRDS)) {
      const definition = parse(readFileSync(join(CRDS, file), "utf8")) as Body;
      await this.wire.call("POST", definitions, definition);
      const { plural, group } = { plural: definition.spec.names.plural, group: definition.spec.group };
      while ((await this.wire.get(`/apis/${group}/v1alpha1/${plural}`)).status !== 200);
    }
    await this.wire.call("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
  }

  /** Forgets what was seen: a new sequence of requests begins. */
  begin(): void {
    this.#seen.clear();
    this.#uids.clear();
  }

  /** What was seen of the object: the last version, or the one before it. */
  seen(path: string, back: 0 | 1): Body | undefined {
    return this.#seen.get(path)?.at(-1 - back);
  }

  remember(path: string, { status, body }: Answer): void {
    if (status > 201 || body?.metadata?.resourceVersion === undefined || body.kind?.endsWith("List")) return;
    this.#seen.set(path, [...(this.#seen.get(path) ?? []), body]);
  }

  /**
   * The answer without what two servers never have in common. UIDs are numbered in the order in which they appear, so that it
   * shows whether an object is the same one or a new one.
   */
  comparable({ status, body }: Answer): unknown {
    const plain = this.#plain(body) as Body;
    return { status, body: plain?.reason === "Invalid" ? faults(plain) : plain };
  }

  #plain(value: unknown, key = ""): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#plain(one));
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value)
        .filter(([name]) => name !== "managedFields")
        .sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(entries.map(([name, one]) => [name, this.#plain(one, name)]));
    }
    if (key === "uid" && typeof value === "string") return this.#numbered(value);
    if (key === "message" && typeof value === "string") return this.#plainMessage(value);
    if (["resourceVersion", "creationTimestamp", "deletionTimestamp", "continue"].includes(key))
      return value === "" ? "" : `<${key}>`;
    return value;
  }

  #plainMessage(message: string): string {
    return message
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (uid) => this.#numbered(uid))
      .replace(/(ResourceVersion in (?:the precondition|record) \()\d+/g, "$1<version>");
  }

  #numbered(uid: string): string {
    const known = this.#uids.get(uid) ?? `uid ${this.#uids.size + 1}`;
    this.#uids.set(uid, known);
    return known;
  }
}

/**
 * What is wrong with an object, in no order, and once each: the real server says some faults twice, and names some fields of a
 * status from there. That rules were not looked at because of others is left out: the simulator has none.
 */
function faults({ message: _, details, ...status }: Body): Body {
  const told = details.causes.filter(({ field }: Body) => field !== "<nil>");
  const causes = [
    ...new Set(told.map((cause: Body) => JSON.stringify(cause).replace(/: status\./, ": "))),
  ].sort();
  return { ...status, details: { ...details, causes } };
}
