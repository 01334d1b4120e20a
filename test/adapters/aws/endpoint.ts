import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body of a Query API request. */
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What an endpoint does with its nth request (from 0): answers, or handles the response itself (`hang`, `reset`, …). */
export type Script = (
  request: ReceivedRequest,
  index: number,
) => Answer | ((response: ServerResponse) => void);

export interface Endpoint {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/** An HTTP endpoint that does as it is told and remembers what it got. Its Date is the given clock's. */
export async function startEndpoint(now: () => number, script: Script): Promise<Endpoint> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", () => undefined);
    response.on("error", () => undefined);
    incoming.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { method = "", url: path = "", headers } = incoming;
      const request = { method, path, headers, body, form: new URLSearchParams(body) };
      requests.push(request);
      const reaction = script(request, requests.length - 1);
      response.setHeader("date", new Date(now()).toUTCString());
      if (typeof reaction === "function") return reaction(response);
      response.writeHead(reaction.status ?? 200, reaction.headers ?? {}).end(reaction.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const hang = (): void => undefined;
export const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};
