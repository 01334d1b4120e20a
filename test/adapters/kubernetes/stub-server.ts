import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { accessFromKubeconfig, type Cluster, openCluster } from "../../../src/adapters/kubernetes/index.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";

/** What a request met with: an answer, a broken connection, or silence. */
export type Reaction =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks once the request is in. */
  | "drop"
  /** It breaks in the middle of an answer. */
  | "break off"
  /** No answer ever comes. */
  | "silence";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface Stub {
  readonly url: string;
  readonly asked: Asked[];
  /** How long the adapter waited between tries, milliseconds. */
  readonly waits: number[];
  readonly cluster: Cluster;
  stop(): Promise<void>;
}

/** An API server that answers what the test says, one reaction a request; the last one stays. */
export async function stubServer(...reactions: (Reaction | ((asked: Asked) => Reaction))[]): Promise<Stub> {
  const asked: Asked[] = [];
  const waits: number[] = [];
  const silent = new AbortController();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", "http://stub");
    const text = Buffer.concat(chunks).toString("utf8");
    const entry = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    asked.push(entry);
    const next = (reactions.length > 1 ? reactions.shift() : reactions[0]) ?? "silence";
    react(typeof next === "function" ? next(entry) : next, response);
    if (next === "silence") setImmediate(() => silent.abort());
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((cause: Error) => response.destroy(cause));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster = clusterAt(url, waits, () => silent.signal);
  return {
    url,
    asked,
    waits,
    cluster,
    async stop() {
      cluster.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The adapter on a URL; its waits are noted and take no time, its deadlines come when the test says. */
export function clusterAt(
  url: string,
  waits: number[] = [],
  deadline: () => AbortSignal = () => new AbortController().signal,
): Cluster {
  const access = accessFromKubeconfig(kubeconfigOf(url, "secret"));
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  return openCluster({ access, clock: { now: () => 0, sleep }, deadline });
}

function react(reaction: Reaction, response: ServerResponse): void {
  if (reaction === "silence") return;
  if (reaction === "drop") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reaction === "break off") {
    response.writeHead(200, { "content-type": "application/json", "content-length": 1_000 });
    response.write('{"kind":', () => response.socket?.resetAndDestroy());
    return;
  }
  const { status, body, headers = {} } = reaction;
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** A metav1.Status, as kube-apiserver answers. */
export function status(
  code: number,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
): { readonly status: number; readonly body: object } {
  return {
    status: code,
    body: {
      apiVersion: "v1",
      kind: "Status",
      metadata: {},
      status: "Failure",
      reason,
      message: "…",
      details,
      code,
    },
  };
}

export const PAGE = "<html><body>Please sign in</body></html>";
