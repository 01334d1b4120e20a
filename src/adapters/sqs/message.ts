import { type SweepMessage, sweepMessage } from "../../ports/queue.ts";

export type ReadMessage =
  | { readonly readable: true; readonly object: SweepMessage }
  | { readonly readable: false; readonly why: string };

/** The body of a queue message; unreadable where it is none of ours: it then goes the way to the dead-letter queue. */
export function readSweepMessage(body: string): ReadMessage {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return { readable: false, why: "it is not JSON" };
  }
  const { success, data, error } = sweepMessage.safeParse(raw);
  if (success) return { readable: true, object: data };
  return {
    readable: false,
    why: error.issues.map(({ path, message }) => `${path.join(".") || "message"}: ${message}`).join("; "),
  };
}

/** Throws where the message isn't one: a mistake of ours must not wait in a queue. */
export function writeSweepMessage(message: SweepMessage): string {
  return JSON.stringify(sweepMessage.parse(message));
}
