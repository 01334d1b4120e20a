import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface Forwarded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Forwarder {
  send(method: string, path: string, headers: IncomingHttpHeaders, body: string): Promise<Forwarded>;
  close(): void;
}

/** Of one connection, not of the message (RFC 9110, section 7.6.1), or written anew. */
const OF_THE_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "host"]);

/**
 * Passes requests on to a server, and its answers back.
 *
 * @param authority PEM, for https
 */
export function forwarderTo(server: URL, authority?: string | Buffer): Forwarder {
  const isSecure = server.protocol === "https:";
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, ...(authority === undefined ? {} : { ca: authority }) })
    : new HttpAgent({ keepAlive: true });
  return {
    send(method, path, headers, body) {
      const message = {
        method,
        agent,
        headers: { ...endToEnd(headers), "content-length": String(Buffer.byteLength(body)) },
      };
      const url = new URL(path, server);
      return new Promise((resolve, reject) => {
        const request = isSecure ? httpsRequest(url, message) : httpRequest(url, message);
        request.on("error", reject);
        request.on("response", (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 502,
              headers: endToEnd(response.headers),
              body: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        });
        request.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

function endToEnd(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !OF_THE_HOP.has(name)) kept[name] = String(value);
  return kept;
}
