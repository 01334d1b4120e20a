import { paint } from "../../cli/output/paint.ts";
import type { Layout } from "./layout.ts";

/** Columns where nobody tells, e.g. in a pipe. */
const WIDTH = 100;
/** Narrower ones are left to the terminal's own wrapping. */
const NARROWEST = 60;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * How to draw on a stream. FORCE_COLOR goes before NO_COLOR, as Node does it (Node.js documentation, TTY,
 * `writeStream.getColorDepth`); https://no-color.org: any value that is not empty.
 */
export function layoutFor(
  stream: Stream,
  environment: Readonly<Record<string, string | undefined>>,
  wantsColour: boolean,
): Layout {
  const { isTTY = false, columns } = stream;
  const forced = environment["FORCE_COLOR"];
  const terminal = isTTY && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
  const colour = wantsColour && (forced === undefined ? terminal : forced !== "0" && forced !== "false");
  const width = isTTY && columns !== undefined && columns > 0 ? columns : WIDTH;
  return { width: Math.max(NARROWEST, width), colour, paint: paint(colour) };
}
