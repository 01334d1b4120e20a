import type { ClusterAccess } from "../../adapters/kubernetes/index.ts";
import { type Exchange, LoopbackServer } from "../http/loopback-server.ts";
import { CallCounter, callOf } from "../kubernetes/calls.ts";
import { type Route, route } from "../kubernetes/route.ts";
import { type Forwarded, type Forwarder, forwarderTo } from "./forward.ts";
import type { Identity } from "./identities.ts";

export interface GatewayOptions {
  readonly access: ClusterAccess;
  /** By bearer token. */
  readonly identities: Readonly<Record<string, Identity>>;
  /** The sandbox's time, epoch milliseconds. */
  readonly now: () => number;
  /** Told of each write that succeeded, before its writer is. */
  readonly written: (method: string, route: Route, answer: unknown) => void;
}

/**
 * Stands before a real API server and does two things, with the headers alone: it knows who comes, as EKS's authenticator
 * does, and signs him in by impersonation, so that the server's own authorizer and admission judge him; and it moves the
 * Date of each answer by as much as the sandbox's time is ahead of real time. Bodies pass as they are.
 */
export class ApiGateway {
  readonly calls = new CallCounter();
  readonly #options: GatewayOptions;
  readonly #server: LoopbackServer;
  readonly #forwarder: Forwarder;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#forwarder = forwarderTo(options.access.server, options.access.trust.certificateAuthority);
    this.#server = new LoopbackServer(options.now, (exchange) => this.#handle(exchange));
  }

  /** Returns its URL. */
  start(): Promise<string> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    this.#forwarder.close();
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { method = "GET", url = "/", headers } = exchange.request;
    const { authorization, ...others } = headers;
    const identity = this.#options.identities[authorization?.replace(/^Bearer /, "") ?? ""];
    const asked = route(method, url);
    this.calls.add(callOf(method, asked, identity?.user ?? "nobody"));
    const signedIn = identity === undefined ? {} : await this.#signedInAs(identity);
    let answer: Forwarded;
    try {
      answer = await this.#forwarder.send(method, url, { ...others, ...signedIn }, exchange.body);
    } catch {
      return exchange.drop();
    }
    if (method !== "GET" && answer.status < 300)
      this.#options.written(method, asked, JSON.parse(answer.body));
    exchange.answer(answer.status, this.#dated(answer), answer.body);
  }

  async #signedInAs({ user, group }: Identity): Promise<Record<string, string>> {
    const { headers } = await this.#options.access.credentials();
    return {
      ...headers,
      "impersonate-user": user,
      ...(group === undefined ? {} : { "impersonate-group": group }),
    };
  }

  /** An answer without a Date stays without one. */
  #dated({ headers }: Forwarded): Record<string, string> {
    const { date, ...others } = headers;
    if (date === undefined) return others;
    const ahead = this.#options.now() - Date.now();
    return { ...others, date: new Date(Date.parse(date) + ahead).toUTCString() };
  }
}
