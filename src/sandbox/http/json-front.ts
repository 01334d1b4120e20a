import { ConnectionReset, type Faults, InjectedError, underFaults } from "./faults.ts";
import { type Exchange, LoopbackServer } from "./loopback-server.ts";
import { readSignature } from "./signature.ts";

/** An error of a service that speaks AWS JSON. */
export class JsonError extends Error {
  /** The shape's name, `__type` on the wire. */
  readonly type: string;
  readonly status: number;
  /** The code of the service's former Query protocol, for `x-amzn-query-error`. */
  readonly queryCode: string | undefined;

  constructor(type: string, message: string, queryCode?: string, status = 400) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
    this.queryCode = queryCode;
  }
}

export interface JsonFrontOptions {
  /** Epoch milliseconds: the Date header. */
  readonly clock: () => number;
  readonly faults?: Faults;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Told each request as it arrives, before anything comes of it. */
  readonly onRequest?: (exchange: Exchange) => void;
}

export interface JsonService {
  /** What stands before the dot in X-Amz-Target. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  readonly operations: Readonly<Record<string, (input: never) => object>>;
}

/**
 * A service of the AWS JSON 1.0 or 1.1 protocol (Smithy, "AWS JSON protocols") on a loopback port. Signatures are
 * read for the caller's access key ID and not checked, neither is their date.
 */
export class JsonFront {
  readonly #options: JsonFrontOptions;
  readonly #service: JsonService;
  readonly #server: LoopbackServer;
  #requests = 0;

  constructor(service: JsonService, options: JsonFrontOptions) {
    this.#service = service;
    this.#options = options;
    this.#server = new LoopbackServer(options.clock, (exchange) => this.#handle(exchange));
  }

  /** Returns the endpoint's URL. */
  start(): Promise<string> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #handle(exchange: Exchange): Promise<void> {
    this.#options.onRequest?.(exchange);
    const headers = {
      "content-type": `application/x-amz-json-${this.#service.version}`,
      "x-amzn-requestid": `00000000-0000-4000-8000-${(++this.#requests).toString(16).padStart(12, "0")}`,
    };
    try {
      exchange.answer(200, headers, JSON.stringify(await this.#carryOut(exchange)));
    } catch (error) {
      if (error instanceof ConnectionReset) return exchange.drop();
      const known =
        error instanceof InjectedError
          ? new JsonError(error.code, error.message, undefined, error.status)
          : error;
      if (!(known instanceof JsonError)) throw error;
      // awsQueryCompatible trait: the old code goes along, and clients name the error by it.
      const old = known.queryCode === undefined ? {} : { "x-amzn-query-error": `${known.queryCode};Sender` };
      exchange.answer(
        known.status,
        { ...headers, ...old },
        JSON.stringify({ __type: known.type, message: known.message }),
      );
    }
  }

  async #carryOut({ request, body }: Exchange): Promise<object> {
    const { faults, sleep = () => Promise.resolve() } = this.#options;
    const target = request.headers["x-amz-target"];
    const [service, name = ""] = typeof target === "string" ? target.split(".") : [];
    const operation = Object.hasOwn(this.#service.operations, name)
      ? this.#service.operations[name]
      : undefined;
    if (service !== this.#service.target || operation === undefined) {
      throw new JsonError("UnknownOperationException", `not simulated: ${String(target)}`);
    }
    const input = JSON.parse(body || "{}") as never;
    const caller = readSignature(request)?.accessKeyID;
    const effects = faults?.strike({ action: name, input, caller }) ?? [];
    return underFaults(effects, sleep, () => operation(input));
  }
}
