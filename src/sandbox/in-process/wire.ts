import { type Answer, type Call, type Wire, WireError } from "../../adapters/kubernetes/wire.ts";
import type { Delivery, KubernetesSimulator } from "../kubernetes/index.ts";
import type { Line } from "./line.ts";

/**
 * The wire of the real Kubernetes adapter, to the simulator in this process.
 *
 * @param longestPage objects that a page has at most, so that small lists have several pages, too
 */
export function inProcessWire(
  simulator: KubernetesSimulator,
  token: string,
  line: Line,
  longestPage = Number.POSITIVE_INFINITY,
): Wire {
  const authorization = `Bearer ${token}`;
  const broken = (): Error => new WireError("the API server did not answer", true, false);
  return {
    async send(call) {
      const request = {
        method: call.method,
        path: pathOf(call, longestPage),
        headers: {
          authorization,
          accept: call.accept ?? "application/json",
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(call.body === undefined ? {} : { body: asSent(call.body) }),
      };
      const deliver = (refused?: number | string): Promise<Delivery> =>
        refused === undefined
          ? simulator.send(request)
          : simulator.send(request, [{ kind: "status", code: Number(refused) }]);
      const crossing = { to: "kubernetes", what: `${call.method} ${request.path}` } as const;
      const delivery = await line.cross(crossing, (refused) => deliver(refused), broken);
      if (delivery.kind !== "answer") throw broken();
      const { status, headers, body } = delivery.answer;
      return { status, headers, body: typeof body === "string" ? undefined : body } satisfies Answer;
    },
    close: () => undefined,
  };
}

/** The body as it comes off the wire: a copy, without what JSON leaves out. What was read and never changed is shared. */
function asSent(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : asSent(item)));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) copy[key] = asSent(item);
  }
  return copy;
}

function pathOf({ path, query }: Call, longestPage: number): string {
  if (query === undefined) return path;
  const { limit } = query;
  const asked =
    limit === undefined || Number(limit) <= longestPage ? query : { ...query, limit: String(longestPage) };
  const known = printed.get(asked);
  if (known !== undefined) return `${path}?${known}`;
  const text = new URLSearchParams(asked).toString();
  printed.set(asked, text);
  return `${path}?${text}`;
}

/** By query: all writes have the same one. */
const printed = new WeakMap<object, string>();
