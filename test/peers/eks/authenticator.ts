import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Principal, type Verifier, verified } from "../../adapters/eks/presigned.ts";

/** Somebody who may sign in, and what the access entry of their role makes of them. */
export interface Entry extends Principal {
  readonly username: string;
  readonly groups: readonly string[];
}

export interface Authenticator {
  readonly url: string;
  /** Tokens that it was asked about and took. */
  readonly taken: ReadonlySet<string>;
  /** Why it refused the others. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

/** A token authenticator of an API server (Kubernetes, "Webhook Token Authentication", TokenReview v1), as EKS has one. */
export async function startAuthenticator(
  entries: readonly Entry[],
  verifier: Omit<Verifier, "principals">,
): Promise<Authenticator> {
  const taken = new Set<string>();
  const refused: string[] = [];

  function status(token: string): object {
    try {
      const principal = verified(token, { ...verifier, principals: entries });
      taken.add(token);
      const entry = entries.find(({ accessKeyId }) => accessKeyId === principal.accessKeyId);
      return { authenticated: true, user: { username: entry?.username, groups: entry?.groups } };
    } catch (error) {
      refused.push((error as Error).message);
      return { authenticated: false, error: "not one of ours" };
    }
  }

  async function review(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { apiVersion, kind, spec } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ apiVersion, kind, status: status(spec.token) }));
  }

  const server = createServer((request, response) => {
    review(request, response).catch((cause: Error) => response.destroy(cause));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
