import { type Wire, WireError } from "../../adapters/kubernetes/wire.ts";
import type { Line } from "./line.ts";

/** A wire over HTTP, each call through the line of the process that makes it. A refusal can't be made up here. */
export function throughLine(wire: Wire, line: Line): Wire {
  return {
    send: (call) =>
      line.cross(
        { to: "kubernetes", what: `${call.method} ${call.path}` },
        () => wire.send(call),
        () => new WireError("the API server did not answer", true, false),
      ),
    close: () => undefined,
  };
}
