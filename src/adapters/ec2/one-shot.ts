import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { Refusal } from "./fence.ts";

/** What the SDK hands to a request handler. */
export interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface OneShotOptions {
  /** Bound of the whole request, from connecting to the last byte of the answer. */
  readonly timeoutMilliseconds: number;
}

/** Called when the connection stands, one tick before the request's first byte: throws where it must not leave. */
export type LastLook = () => void;

/** Answers to what releases are a few hundred bytes. */
const LONGEST_ANSWER_BYTES = 1_048_576;

/**
 * An HTTP handler for requests that release: each on a connection of its own, so that nothing is written to one which died
 * while the function was frozen, and so that it is certain, until the last look, that nothing was sent. After the
 * timeout the connection is gone: nothing is still being sent.
 */
export function oneShotHandler({ timeoutMilliseconds }: OneShotOptions) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(
      request: SignedRequest,
      { lastLook }: { readonly lastLook?: LastLook } = {},
    ): Promise<{ response: WholeAnswer }> {
      if (lastLook === undefined) throw new TypeError("a request that releases must be fenced");
      return { response: await sendOnce(request, lastLook, timeoutMilliseconds) };
    },
    // The SDK asks for these two; there is nothing to configure.
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function sendOnce(request: SignedRequest, lastLook: LastLook, timeout: number): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const isSecure = request.protocol === "https:";
    const socket = connectTo(request, isSecure);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    let isConnected = false;
    const fail = (cause: Error): void =>
      end(() => reject(isConnected ? cause : new Refusal("unreachable", { cause })));
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeout} ms`)), timeout);
    // Also after the end: an error of a socket that nobody listens to would end the process.
    socket.on("error", fail);
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      isConnected = true;
      try {
        lastLook();
      } catch (refusal) {
        end(() => reject(refusal as Error));
        return;
      }
      write(request, socket, (answer) => end(() => resolve(answer)), fail);
    });
  });
}

function connectTo({ hostname, port }: SignedRequest, isSecure: boolean): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return isSecure
    ? connectSecure({ host, port: port ?? 443, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connectPlain({ host, port: port ?? 80 });
}

function write(
  { method, path, headers, body }: SignedRequest,
  socket: Socket,
  done: (answer: WholeAnswer) => void,
  fail: (cause: Error) => void,
): void {
  const message = httpRequest({ createConnection: () => socket, method, path, headers });
  message.on("error", fail);
  message.on("response", (response) => readWhole(response, done, fail));
  message.end(body ?? "");
}

function readWhole(
  response: IncomingMessage,
  done: (answer: WholeAnswer) => void,
  fail: (cause: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on("error", fail);
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER_BYTES)
      fail(new Error(`an answer of more than ${LONGEST_ANSWER_BYTES} bytes`));
  });
  response.on("end", () => {
    const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    done({
      statusCode: response.statusCode ?? 0,
      headers: Object.fromEntries(headers),
      body: new Uint8Array(Buffer.concat(chunks)),
    });
  });
}
