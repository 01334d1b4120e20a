import type { ClusterAccess } from "./kubeconfig.ts";
import {
  AccessError,
  type Answer,
  type Call,
  openWire,
  type Wire,
  WireError,
  type WireOptions,
} from "./wire.ts";

/** The way to the API server as somebody else knows it, who may know another one later. */
export type ReadAccess = () => Promise<KnownAccess>;

export interface KnownAccess {
  readonly access: ClusterAccess;
  /** Two of the same version are the same. */
  readonly version: string;
}

interface Known {
  readonly wire: Wire;
  readonly version: string;
}

/** An API server that is down is no reason to ask all the time where it is. */
const READ_AGAIN_AFTER_MILLISECONDS = 30_000;

/**
 * A wire to wherever the API server is. It is asked for where that is at the first call, and again where nobody is there any
 * more, or nobody who can prove to be the API server, or one who doesn't know us (401). If there is another way since, the
 * call takes it: nothing of it had been heard, or it had been refused whole.
 */
export function openFollowingWire(read: ReadAccess, options: WireOptions): Wire {
  const wires: Wire[] = [];
  let known: Known | undefined;
  let reading: Promise<Known> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function readNow(): Promise<Known> {
    readAt = options.now();
    try {
      const { access, version } = await read();
      if (known?.version === version) return known;
      known = { wire: openWire(access, options), version };
      wires.push(known.wire);
      return known;
    } finally {
      reading = undefined;
    }
  }

  /** What is known now, where it is something else than what didn't work. */
  async function another(failed: Known): Promise<Known | undefined> {
    if (known === failed) {
      if (reading === undefined && options.now() - readAt < READ_AGAIN_AFTER_MILLISECONDS) return undefined;
      reading ??= readNow();
      await reading;
    }
    return known === failed ? undefined : known;
  }

  async function first(): Promise<Known> {
    reading ??= readNow();
    try {
      return await reading;
    } catch (cause) {
      throw new AccessError("where the API server is could not be had", { cause });
    }
  }

  async function send(call: Call): Promise<Answer> {
    const tried = known ?? (await first());
    let answer: Answer;
    try {
      answer = await tried.wire.send(call);
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
      const other = await another(tried).catch((cause: unknown) => {
        const { message: why = "no connection" } = Object(error.cause) as { readonly message?: string };
        throw new AccessError(
          `the API server did not answer (${why}), and where it is now could not be had`,
          {
            cause,
          },
        );
      });
      if (other === undefined) throw error;
      return other.wire.send(call);
    }
    if (answer.status !== 401) return answer;
    // Where nothing else can be had the refusal stands, which is an answer.
    const other = await another(tried).catch(() => undefined);
    return other === undefined ? answer : other.wire.send(call);
  }

  return {
    send,
    close: () => {
      for (const wire of wires) wire.close();
    },
  };
}

/** No connection came about, or none to the one that the certificate authority vouches for: nothing was sent. */
const isNobodyThere = (error: unknown): error is WireError =>
  error instanceof WireError && !(error instanceof AccessError) && !error.sent;
