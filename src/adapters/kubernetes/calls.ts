import type { Clock } from "../../ports/clock.ts";
import { ClusterError, type Deleted, type Found } from "../../ports/cluster.ts";
import { refusal, unreachable } from "./refusals.ts";
import {
  apiVersionOf,
  collectionPath,
  described,
  type ObjectKey,
  objectPath,
  type Resource,
} from "./resources.ts";
import { saysAlreadyExists, saysConflict, saysNotFound } from "./status.ts";
import { type Answer, type Call, type Wire, WireError } from "./wire.ts";

/** An object as it came, known to be of the kind and name that was asked for. */
export type RawObject = Readonly<Record<string, unknown>> & {
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** What a write is about: the object's metadata with the preconditions that hold for it. */
export interface Preconditions {
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Timeouts {
  readonly readMilliseconds: number;
  readonly pageMilliseconds: number;
  readonly writeMilliseconds: number;
}

export const TIMEOUTS: Timeouts = {
  readMilliseconds: 10_000,
  pageMilliseconds: 30_000,
  writeMilliseconds: 10_000,
};

export type RawCreated =
  | { readonly outcome: "created"; readonly object: RawObject }
  | { readonly outcome: "exists" };
export type RawReplaced =
  | { readonly outcome: "replaced"; readonly object: RawObject }
  | { readonly outcome: "conflict" }
  | { readonly outcome: "gone" };

/** How often a read is sent again after 429, and how long it waits at most each time. */
const THROTTLED_TRIES = 4;
const MAX_RETRY_AFTER_MILLISECONDS = 10_000;
/** Unknown fields are an error: an API server with an older CRD would drop what it doesn't know, keepers too (H20). */
const STRICT = { fieldValidation: "Strict" };

/** The verbs of the API. Reads are sent again where that is harmless; a write is sent once. */
export class Calls {
  private readonly wire: Wire;
  private readonly clock: Clock;
  readonly timeouts: Timeouts;
  private latestDate: number | undefined;
  private latestDateText = "";

  constructor(wire: Wire, clock: Clock, timeouts: Timeouts) {
    this.wire = wire;
    this.clock = clock;
    this.timeouts = timeouts;
  }

  /** Date of the latest answer, milliseconds since the epoch. */
  serverTime(): number | undefined {
    return this.latestDate;
  }

  async get(resource: Resource, key: ObjectKey): Promise<Found<RawObject>> {
    const what = `reading ${described(resource, key)}`;
    const answer = await this.read(what, {
      method: "GET",
      path: objectPath(resource, key),
      timeoutMilliseconds: this.timeouts.readMilliseconds,
    });
    if (saysNotFound(answer, resource, key)) return { found: false };
    if (answer.status !== 200) throw refusal(what, answer, false);
    const object = objectOf(answer, resource, key);
    if (object === undefined) throw new ClusterError("unreadable", `${what}: the answer is not that object`);
    return { found: true, object };
  }

  /** A GET whose answer of any status is handed back, unless the server was too busy for every try. */
  async read(what: string, call: Call): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.readOnce(what, call);
      if (answer.status !== 429 || tries === THROTTLED_TRIES) return answer;
      await this.clock.sleep(retryAfterMilliseconds(answer));
    }
  }

  private async readOnce(what: string, call: Call): Promise<Answer> {
    for (let again = true; ; again = false) {
      try {
        return this.noted(await this.wire.send(call));
      } catch (error) {
        // A kept connection that had long been closed says nothing of the server: once more, on another.
        if (again && error instanceof WireError && error.reused) continue;
        throw unreachable(what, error, false);
      }
    }
  }

  async create(resource: Resource, namespace: string | undefined, object: RawObject): Promise<RawCreated> {
    const key = { namespace, name: String(object.metadata["name"]) };
    const what = `creating ${described(resource, key)}`;
    const answer = await this.write(what, {
      method: "POST",
      path: collectionPath(resource, namespace),
      body: object,
    });
    if (saysAlreadyExists(answer)) return { outcome: "exists" };
    return { outcome: "created", object: written(what, answer, resource, key) };
  }

  /** PUT of the object, or of its status alone. The object carries its UID and resourceVersion. */
  async replace(resource: Resource, object: RawObject, subresource?: "status"): Promise<RawReplaced> {
    const key = keyOf(object);
    const what = `replacing ${subresource === undefined ? "" : `the ${subresource} of `}${described(resource, key)}`;
    const path = objectPath(resource, key);
    const answer = await this.write(what, {
      method: "PUT",
      path: subresource === undefined ? path : `${path}/${subresource}`,
      body: object,
    });
    if (saysConflict(answer)) return { outcome: "conflict" };
    if (saysNotFound(answer, resource, key)) return { outcome: "gone" };
    return { outcome: "replaced", object: written(what, answer, resource, key) };
  }

  /**
   * DELETE of exactly this object in exactly this version. `deleted` says that the API server has taken the delete on
   * (200, or 202 where finalizers or a grace period come first): until they are done the name stays taken.
   */
  async remove(
    resource: Resource,
    key: ObjectKey,
    { uid, resourceVersion }: Preconditions,
  ): Promise<Deleted> {
    const what = `deleting ${described(resource, key)}`;
    const answer = await this.write(what, {
      method: "DELETE",
      path: objectPath(resource, key),
      body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } },
    });
    if (saysConflict(answer)) return { outcome: "conflict" };
    if (saysNotFound(answer, resource, key)) return { outcome: "gone" };
    if (!isSuccess(answer)) throw refusal(what, answer, true);
    if (kindOf(answer) !== "Status" && objectOf(answer, resource, key) === undefined) throw unclear(what);
    return { outcome: "deleted" };
  }

  private async write(what: string, call: Pick<Call, "method" | "path" | "body">): Promise<Answer> {
    try {
      return this.noted(
        await this.wire.send({
          ...call,
          ...(call.method !== "DELETE" && { query: STRICT }),
          timeoutMilliseconds: this.timeouts.writeMilliseconds,
        }),
      );
    } catch (error) {
      throw unreachable(what, error, true);
    }
  }

  /** Takes the time from what the API server itself answered, not from a page on the way. */
  private noted(answer: Answer): Answer {
    if (kindOf(answer) === undefined) return answer;
    const text = String(answer.headers["date"]);
    // One second has many answers.
    if (text === this.latestDateText) return answer;
    const date = Date.parse(text);
    if (Number.isNaN(date)) return answer;
    this.latestDate = date;
    this.latestDateText = text;
    return answer;
  }
}

export const keyOf = ({ metadata }: RawObject): ObjectKey => ({
  name: String(metadata["name"]),
  namespace: metadata["namespace"] as string | undefined,
});

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

const unclear = (what: string): ClusterError =>
  new ClusterError("unclear", `${what}: the answer is neither that object nor a refusal`);

/** What a write made of the object. An answer that can't be read leaves it unclear what was written. */
function written(what: string, answer: Answer, resource: Resource, key: ObjectKey): RawObject {
  if (!isSuccess(answer)) throw refusal(what, answer, true);
  const object = objectOf(answer, resource, key);
  if (object === undefined) throw unclear(what);
  return object;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isObject = (value: unknown): value is RawObject =>
  isRecord(value) && isRecord(value["metadata"]);

function kindOf({ body }: Answer): string | undefined {
  return isRecord(body) && typeof body["kind"] === "string" ? body["kind"] : undefined;
}

function objectOf({ body }: Answer, resource: Resource, key: ObjectKey): RawObject | undefined {
  if (!isObject(body) || body["kind"] !== resource.kind || body["apiVersion"] !== apiVersionOf(resource))
    return undefined;
  const { name, namespace } = body.metadata;
  return name === key.name && namespace === key.namespace ? body : undefined;
}

/** Retry-After in seconds (RFC 9110 §10.2.3; the API server sends no dates there). */
function retryAfterMilliseconds({ headers }: Answer): number {
  const seconds = Number(headers["retry-after"] ?? 1);
  return Number.isFinite(seconds)
    ? Math.min(Math.max(seconds, 0) * 1000, MAX_RETRY_AFTER_MILLISECONDS)
    : MAX_RETRY_AFTER_MILLISECONDS;
}
