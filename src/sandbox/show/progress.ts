import type { Progress } from "../engine/report.ts";

/** Lines at most where they can't be overwritten. */
const LINES = 20;

export interface ProgressLine {
  readonly tell: Progress;
  /** Takes the line away, so that the result can stand in its place. */
  clear(): void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line that is overwritten; in a log, each new step as a line of its own, and not too many. */
export function progressLine(stream: Stream): ProgressLine {
  return stream.isTTY === true ? overwritten(stream) : listed(stream);
}

function overwritten(stream: Stream): ProgressLine {
  return {
    tell(what) {
      // one column stays free: a full line would wrap, and could not be taken back
      const room = (stream.columns ?? 80) - 1;
      stream.write(`\r\u001b[K${`… ${what}`.slice(0, room)}`);
    },
    clear: () => void stream.write("\r\u001b[K"),
  };
}

function listed(stream: Stream): ProgressLine {
  const told = new Set<string>();
  return {
    tell(what) {
      if (told.has(what) || told.size >= LINES) return;
      told.add(what);
      stream.write(`${what}\n`);
    },
    clear: () => undefined,
  };
}
