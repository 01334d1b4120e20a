import type { Route, Verb } from "./route.ts";

/** Counted as people speak of them: LIST and WATCH apart from GET. */
export type CallVerb = "GET" | "LIST" | "WATCH" | "POST" | "PUT" | "PATCH" | "DELETE";

const callVerbs: Readonly<Record<Verb, CallVerb>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

export interface Call {
  readonly verb: CallVerb;
  /** `pods`, `leases.coordination.k8s.io`, `pods/status`, or the path where it is no resource. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly user: string;
}

export function callOf(method: string, { path, resource: route }: Route, user: string): Call {
  if (route === undefined) {
    return { verb: method as CallVerb, resource: path, namespace: undefined, name: undefined, user };
  }
  const base = route.group === "" ? route.plural : `${route.plural}.${route.group}`;
  return {
    verb: route.verb === undefined ? (method as CallVerb) : callVerbs[route.verb],
    resource: route.subresource === undefined ? base : `${base}/${route.subresource}`,
    namespace: route.namespace,
    name: route.name,
    user,
  };
}

export interface CallCount {
  readonly verb: CallVerb;
  readonly resource: string;
  readonly user: string;
  readonly count: number;
}

/** Counts requests as they arrive, refused ones too. */
export class CallCounter {
  readonly #counts = new Map<string, { call: Call; count: number }>();

  add(call: Call): void {
    const key = `${call.verb} ${call.resource} ${call.user}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { call, count: 1 });
    else known.count++;
  }

  all(): readonly CallCount[] {
    return [...this.#counts.values()].map(({ call: { verb, resource, user }, count }) => ({
      verb,
      resource,
      user,
      count,
    }));
  }

  /** `{ GET: 3, LIST: 1 }`, of one user, one resource, or both. */
  byVerb(only: { readonly user?: string; readonly resource?: string } = {}): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { verb, resource, user, count } of this.all()) {
      if (only.user !== undefined && only.user !== user) continue;
      if (only.resource !== undefined && only.resource !== resource) continue;
      totals[verb] = (totals[verb] ?? 0) + count;
    }
    return totals;
  }

  clear(): void {
    this.#counts.clear();
  }
}
