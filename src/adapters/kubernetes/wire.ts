import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ClusterAccess, Credentials } from "./kubeconfig.ts";

/** One HTTP request to the API server. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly body?: unknown;
  readonly timeoutMilliseconds: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed body; undefined where it is not JSON. */
  readonly body: unknown;
}

/** No answer came, or not all of one. */
export class WireError extends Error {
  override readonly name = "WireError";
  /** Whether bytes of the request may have reached the other side. */
  readonly sent: boolean;
  /** It went out on a kept connection, which the other side may have closed long before. */
  readonly reused: boolean;
  constructor(message: string, sent: boolean, reused: boolean, options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
    this.reused = reused;
  }
}

/** Where the API server is, or how to be known by it, could not be had: nobody was asked, and `message` is all there is to say. */
export class AccessError extends WireError {
  constructor(message: string, options: ErrorOptions) {
    super(message, false, false, options);
  }
}

export interface Wire {
  send(call: Call): Promise<Answer>;
  close(): void;
}

export interface WireOptions {
  readonly userAgent: string;
  /** Own time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborts after so many milliseconds. */
  readonly deadline?: (milliseconds: number) => AbortSignal;
}

const MAX_SOCKETS = 8;
/** Connections idle for longer are not used again: load balancers forget them, and a function may have been frozen. */
const MAX_IDLE_MILLISECONDS = 20_000;
/** More than any page of 500 objects (etcd holds at most 1.5 MB an object) that is still worth reading. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Sends each call once, over kept connections. Decides nothing about what an answer means. */
export function openWire(access: ClusterAccess, options: WireOptions): Wire {
  const deadline = options.deadline ?? ((milliseconds: number) => AbortSignal.timeout(milliseconds));
  const secure = access.server.protocol === "https:";
  let agent: HttpAgent | undefined;
  let identity = "";
  let usedAt = options.now();

  function agentFor(credentials: Credentials): HttpAgent {
    const wanted = `${credentials.certificate ?? ""}\n${credentials.key ?? ""}`;
    if (agent === undefined || wanted !== identity) {
      agent?.destroy();
      agent = newAgent(access, secure, credentials);
      identity = wanted;
    }
    const now = options.now();
    if (Math.abs(now - usedAt) > MAX_IDLE_MILLISECONDS) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
    usedAt = now;
    return agent;
  }

  async function send(call: Call): Promise<Answer> {
    let credentials: Credentials;
    try {
      credentials = await access.credentials();
    } catch (cause) {
      throw new AccessError("no credentials for the API server could be had", { cause });
    }
    const url = new URL(access.server);
    url.pathname = `${url.pathname.replace(/\/$/, "")}${call.path}`;
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers = {
      ...credentials.headers,
      accept: call.accept ?? "application/json",
      "user-agent": options.userAgent,
      ...(payload && { "content-type": "application/json", "content-length": String(payload.length) }),
    };
    const signal = deadline(call.timeoutMilliseconds);
    const message = { method: call.method, headers, agent: agentFor(credentials), signal };
    return exchange(secure ? httpsRequest(url, message) : httpRequest(url, message), payload);
  }

  return { send, close: () => agent?.destroy() };
}

function newAgent(access: ClusterAccess, secure: boolean, credentials: Credentials): HttpAgent {
  const proxy = access.proxyURL;
  const common = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    scheduling: "lifo" as const,
    ...(proxy !== undefined && { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }),
  };
  if (!secure) return new HttpAgent(common);
  const { certificateAuthority, serverName, skipVerify } = access.trust;
  return new HttpsAgent({
    ...common,
    ...(certificateAuthority && { ca: certificateAuthority }),
    ...(serverName && { servername: serverName }),
    // Said in any case: else NODE_TLS_REJECT_UNAUTHORIZED decides.
    rejectUnauthorized: skipVerify !== true,
    ...(credentials.certificate && { cert: credentials.certificate }),
    ...(credentials.key && { key: credentials.key }),
  });
}

function exchange(request: ReturnType<typeof httpRequest>, payload: Buffer | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let sent = false;
    const fail = (cause: unknown) =>
      reject(new WireError("the API server did not answer", sent, request.reusedSocket, { cause }));
    request.on("error", fail);
    // Until the connection (and TLS) stands, nothing of the request has left.
    request.on("socket", (socket: Socket) => {
      const opening = request.reusedSocket === false && (socket.connecting || !isOpen(socket));
      if (!opening) sent = true;
      else
        socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () => {
          sent = true;
        });
    });
    request.on("response", (response) => {
      read(response).then(resolve, fail);
    });
    request.end(payload);
  });
}

const isOpen = (socket: Socket): boolean => socket.readyState === "open";

/** Reads the whole answer. One that breaks off rejects: node:http destroys the message with ECONNRESET. */
async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`its answer has more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: json(Buffer.concat(chunks).toString("utf8")),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
