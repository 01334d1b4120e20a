import { type Access, refusal, userOf } from "./access.ts";
import { CallCounter, callOf } from "./calls.ts";
import type { Cluster, Target } from "./cluster.ts";
import { checkName, decode, type WriteOptions } from "./decode.ts";
import { discover, pageNotFound } from "./discovery.ts";
import { isObject } from "./json.ts";
import { type View, viewOf } from "./media.ts";
import { patch } from "./patch.ts";
import { bindPod } from "./pod-binding.ts";
import { get, list, type Staleness } from "./read.ts";
import { deleteOptions, remove } from "./remove.ts";
import { type ResourceRoute, type Route, route } from "./route.ts";
import { ApiError, badRequest, methodNotAllowed, unsupportedMediaType } from "./status.ts";
import type { ApiAnswer, ApiRequest } from "./types.ts";
import { watch } from "./watch.ts";
import { create, update, type Written } from "./write.ts";

const bodyTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** From a request to an answer, at once and in order: authenticate, count, authorize, find the resource, act. */
export class ApiServer {
  readonly calls = new CallCounter();
  readonly #cluster: Cluster;
  access: Access;
  staleness: Staleness = { anyLagMs: 0, allLagMs: 0 };
  /** The Date header of one second, printed once. */
  #dateSecond = Number.NaN;
  #date = "";

  constructor(cluster: Cluster, access: Access) {
    this.#cluster = cluster;
    this.access = access;
  }

  handle(request: ApiRequest, staleness: Partial<Staleness> = {}): ApiAnswer {
    try {
      return this.#answer(request, { ...this.staleness, ...staleness });
    } catch (error) {
      if (error instanceof ApiError) return this.refuse(error);
      throw error;
    }
  }

  /** The answer that carries the error, with Retry-After where the status names a time. */
  refuse({ status }: ApiError): ApiAnswer {
    const seconds = status.details?.retryAfterSeconds;
    return {
      status: status.code ?? 500,
      headers: {
        ...this.#commonHeaders(),
        "content-type": "application/json",
        ...(seconds === undefined ? {} : { "retry-after": String(seconds) }),
      },
      body: status,
    };
  }

  /** Who sends this and what it is; for counting and for faults. An unknown token is nobody. */
  callOf(request: ApiRequest): ReturnType<typeof callOf> {
    let user = "";
    try {
      user = userOf(this.access, request.headers?.["authorization"]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    return callOf(request.method, route(request.method, request.path), user);
  }

  #commonHeaders(): Record<string, string> {
    const second = Math.floor(this.#cluster.clock() / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    return { date: this.#date, "cache-control": "no-cache, private" };
  }

  #answer(request: ApiRequest, staleness: Staleness): ApiAnswer {
    const asked = route(request.method, request.path);
    const user = this.#counted(request, asked);
    const refused = refusal(this.access, user, asked);
    if (refused !== undefined) throw refused;
    const answer =
      asked.resource === undefined
        ? discover(this.#cluster.store, asked.path)
        : this.#onResource(request, asked, asked.resource, staleness);
    return { ...answer, headers: { ...this.#commonHeaders(), ...answer.headers } };
  }

  /** Who calls; the call is counted whoever it is. */
  #counted({ method, headers }: ApiRequest, asked: Route): string {
    let user = "";
    try {
      user = userOf(this.access, headers?.["authorization"]);
      return user;
    } finally {
      this.calls.add(callOf(method, asked, user));
    }
  }

  #onResource(request: ApiRequest, { query }: Route, path: ResourceRoute, staleness: Staleness): ApiAnswer {
    const target = this.#target(path);
    if (target === undefined) return this.#unknownResource(path);
    const cluster = this.#cluster;
    const view = viewOf(request.headers?.["accept"]);
    const { verb, subresource } = path;
    if (target.resource.definition.plural === "pods" && subresource === "binding" && verb === "create") {
      return json(201, bindPod(cluster, target, bodyOf(request)));
    }
    if (subresource !== undefined && !(subresource === "status" && target.version.hasStatus)) {
      return this.#unknownResource(path);
    }
    switch (verb) {
      case "get":
        return json(200, view.one(get(cluster, target, query, staleness)));
      case "list":
        return json(
          200,
          view.list(list(cluster, target, query, staleness), target.resource.definition.strategy.custom),
        );
      case "watch": {
        const source = watch(cluster, target, query, view.one);
        return {
          status: 200,
          headers: { "content-type": "application/json" },
          body: undefined,
          watch: source,
        };
      }
      case "create":
        if (path.name !== undefined) throw methodNotAllowed();
        checkBodyType(request);
        return written(create(cluster, target, bodyOf(request), writeOptions(query)), view);
      case "update": {
        checkBodyType(request);
        const options = writeOptions(query);
        const wanted = decode(target, bodyOf(request), options);
        checkName(wanted.object, path.name ?? "");
        const { createOnUpdate } = target.resource.definition.strategy;
        const plan = {
          next: () => wanted,
          expectedUid: wanted.object.metadata.uid,
          mayCreate: createOnUpdate && subresource === undefined,
        };
        return written(update(cluster, target, plan, options), view);
      }
      case "patch": {
        const contentType = mediaType(request.headers?.["content-type"]);
        const wanted = {
          contentType,
          body: contentType.endsWith("+yaml") ? request.body : bodyOf(request, "error decoding patch"),
          fieldManager: query.get("fieldManager") ?? undefined,
          force: query.get("force") === "true",
        };
        return written(patch(cluster, target, wanted, writeOptions(query)), view);
      }
      case "delete":
        return json(200, view.one(remove(cluster, target, deleteOptions(bodyOf(request), query))));
      case "deletecollection": {
        const found = list(cluster, target, query, staleness);
        const options = deleteOptions(bodyOf(request), query);
        for (const { metadata } of found.items) {
          remove(cluster, { ...target, namespace: metadata.namespace, name: metadata.name }, options);
        }
        return json(200, view.list(found, target.resource.definition.strategy.custom));
      }
      case undefined:
        throw methodNotAllowed();
    }
  }

  #target(path: ResourceRoute): Target | undefined {
    const resource = this.#cluster.store.resource(path.group, path.plural);
    const version = resource?.definition.versions.find((one) => one.name === path.version);
    if (resource === undefined || version === undefined) return undefined;
    const { namespaced } = resource.definition;
    const { namespace, name, subresource, verb } = path;
    // A namespaced object has no address without its namespace, a cluster-scoped one none inside of any.
    const needsNamespace = verb !== "list" && verb !== "watch" && verb !== "deletecollection";
    if (namespaced ? namespace === undefined && needsNamespace : namespace !== undefined) return undefined;
    return { resource, version, namespace, name, subresource };
  }

  #unknownResource({ group, version, verb }: ResourceRoute): ApiAnswer {
    const isBuiltIn = [...this.#cluster.store.resources()].some(
      ({ definition }) =>
        definition.group === group &&
        !definition.strategy.custom &&
        definition.versions.some((one) => one.name === version),
    );
    if (!isBuiltIn) return pageNotFound();
    if (verb === undefined) throw methodNotAllowed();
    throw new ApiError(404, "NotFound", "the server could not find the requested resource", {});
  }
}

const json = (status: number, body: unknown): ApiAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body,
});

function written({ object, wasCreated, unknownFields }: Written, view: View): ApiAnswer {
  const answer = json(wasCreated ? 201 : 200, view.one(object));
  if (unknownFields.length === 0) return answer;
  const warnings = unknownFields.map((field) => `299 - "unknown field \\"${field}\\""`);
  return { ...answer, headers: { ...answer.headers, warning: warnings } };
}

const writeOptions = (query: URLSearchParams): WriteOptions => ({
  isDryRun: query.get("dryRun") === "All",
  isStrict: query.get("fieldValidation") === "Strict",
});

const mediaType = (header: string | undefined): string => (header ?? "").split(";")[0]?.trim() ?? "";

function checkBodyType(request: ApiRequest): void {
  const type = mediaType(request.headers?.["content-type"]);
  if (type !== "" && type !== "application/json") throw unsupportedMediaType(bodyTypes);
}

/** Parses text from the wire; a value handed over in process is taken as it is. */
function bodyOf(request: ApiRequest, what = "couldn't get version/kind; json parse error"): unknown {
  if (typeof request.body !== "string") return request.body;
  if (request.body === "") return undefined;
  try {
    const value: unknown = JSON.parse(request.body);
    if (isObject(value) || Array.isArray(value)) return value;
  } catch (cause) {
    throw badRequest(`${what}: ${(cause as Error).message}`);
  }
  throw badRequest(`${what}: the body is not an object`);
}
