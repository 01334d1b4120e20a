import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ApiServer } from "./api-server.ts";
import { type Delivery, deliver, type Sleep } from "./delivery.ts";
import { encodeBody, encodeEvent } from "./encode.ts";
import type { Faults } from "./faults.ts";
import type { ApiAnswer, WatchSource } from "./types.ts";

/** The Kubernetes API over HTTP on a loopback port. Everything it says comes from the ApiServer. */
export class HttpFront {
  readonly #server: ApiServer;
  readonly #faults: Faults;
  readonly #sleep: Sleep;
  readonly #http: Server;
  readonly #streams = new Set<() => void>();

  constructor(server: ApiServer, faults: Faults, sleep: Sleep) {
    this.#server = server;
    this.#faults = faults;
    this.#sleep = sleep;
    this.#http = createServer((request, response) => {
      this.#serve(request, response).catch((cause: unknown) => {
        // A fault of the simulator itself must not look like an answer of the API.
        response.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      });
    });
  }

  /** Answers the base URL, `http://127.0.0.1:<port>`. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", reject);
      this.#http.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Ends watches and connections; no handle stays open. */
  async stop(): Promise<void> {
    for (const end of [...this.#streams]) end();
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await closed;
  }

  /** Breaks every open watch without a word, as a load balancer or a restarted API server does. */
  breakWatches(): void {
    for (const end of [...this.#streams]) end();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const delivery = await deliver(this.#server, this.#faults, this.#sleep, {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: request.headers as Record<string, string | undefined>,
      body: Buffer.concat(chunks).toString("utf8"),
    });
    this.#write(delivery, response);
  }

  #write(delivery: Delivery, response: ServerResponse): void {
    if (delivery.kind === "reset") {
      reset(response);
      return;
    }
    const { answer } = delivery;
    if (answer.watch !== undefined && delivery.kind === "answer") {
      this.#stream(answer, answer.watch, response);
      return;
    }
    const body = Buffer.from(encodeBody(answer.body), "utf8");
    response.writeHead(answer.status, { ...headersOf(answer), "content-length": body.length });
    if (delivery.kind === "answer") response.end(body);
    else {
      const part = body.subarray(0, Math.floor(body.length * delivery.atShare));
      response.write(part, () => reset(response));
    }
  }

  #stream(answer: ApiAnswer, source: WatchSource, response: ServerResponse): void {
    response.writeHead(answer.status, headersOf(answer));
    response.flushHeaders();
    let isOver = false;
    const subscription = source.start({
      event: (event) => response.write(encodeEvent(event)),
      end: () => finish(),
    });
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      this.#streams.delete(finish);
      // An event that ends the stream at once (410) finishes before start() has answered.
      queueMicrotask(() => subscription.stop());
      response.end();
    };
    this.#streams.add(finish);
    response.on("close", finish);
    if (source.timeoutSeconds === undefined) return;
    void this.#sleep(source.timeoutSeconds * 1000).then(() => {
      if (isOver) return;
      subscription.bookmark();
      finish();
    });
  }
}

const headersOf = ({ headers }: ApiAnswer): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );

function reset(response: ServerResponse): void {
  const socket: Socket | null = response.socket;
  if (socket === null) return;
  socket.resetAndDestroy();
}
