import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that has been read whole, and ways to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly body: string;
  /** A Date in the headers stands in the place of the server's own. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void;
  /** Resets the connection. */
  drop(): void;
}

/** An HTTP server on an ephemeral port of 127.0.0.1, with keep-alive and a Date header of the given clock. */
export class LoopbackServer {
  readonly #server: Server;
  readonly #clock: () => number;
  readonly #handle: (exchange: Exchange) => Promise<void>;

  constructor(clock: () => number, handle: (exchange: Exchange) => Promise<void>) {
    this.#clock = clock;
    this.#handle = handle;
    this.#server = createServer({ keepAlive: true }, (request, response) => this.#read(request, response));
  }

  /** Returns the URL, without a trailing slash. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Closes every connection, also those with a request under way. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    response.sendDate = false;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A client that gives up is no failure of the server: what it asked for is done all the same.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    request.on("end", () => {
      const exchange: Exchange = {
        request,
        body: Buffer.concat(chunks).toString("utf8"),
        answer: (status, headers, body) => {
          if (response.destroyed) return;
          response.writeHead(status, {
            date: new Date(this.#clock()).toUTCString(),
            ...headers,
            "content-length": Buffer.byteLength(body),
          });
          response.end(body);
        },
        drop: () => request.socket.resetAndDestroy(),
      };
      this.#handle(exchange).catch((cause: unknown) => {
        exchange.answer(500, { "content-type": "text/plain" }, `simulator failed: ${String(cause)}`);
      });
    });
  }
}
