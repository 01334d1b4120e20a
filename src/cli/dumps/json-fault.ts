/** Where a text stops being JSON, and what stood there or was missing. */
export interface JSONFault {
  readonly offset: number;
  readonly what: string;
  /** Path of the value being read, e.g. `NetworkInterfaces[3].Attachment`. */
  readonly path: string;
}

type Frame = { readonly array: boolean; index: number; key: string };

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings (RFC 8259 §7)
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SPACE = /[ \t\r\n]*/y;
const WORD = /true|false|null/y;

/** Reads one JSON value (RFC 8259) strictly and says where it breaks; undefined where it doesn't. */
export function faultOf(text: string, start: number): JSONFault | undefined {
  const frames: Frame[] = [];
  let offset = start;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    offset += match[0].length;
    return match[0];
  };
  const fault = (expected: string): JSONFault => ({
    offset,
    path: pathOf(frames),
    what:
      offset >= text.length
        ? `it ends where ${expected} should be: it is cut off`
        : `${shown(text, offset)} stands where ${expected} should be`,
  });
  /** Reads a key and its colon. */
  const key = (frame: Frame): JSONFault | undefined => {
    const name = take(STRING);
    if (name === undefined) return fault("a quoted name");
    frame.key = name.slice(1, -1);
    take(SPACE);
    if (text[offset] !== ":") return fault("a colon");
    offset += 1;
    take(SPACE);
    return undefined;
  };
  take(SPACE);
  for (;;) {
    const opener = text[offset];
    if (opener === "{" || opener === "[") {
      offset += 1;
      take(SPACE);
      const array = opener === "[";
      if (text[offset] !== (array ? "]" : "}")) {
        const frame: Frame = { array, index: 0, key: "" };
        frames.push(frame);
        const wrong = array ? undefined : key(frame);
        if (wrong !== undefined) return wrong;
        continue;
      }
      offset += 1;
    } else if ((take(STRING) ?? take(NUMBER) ?? take(WORD)) === undefined) {
      return fault("a value");
    }
    for (;;) {
      const frame = frames.at(-1);
      if (frame === undefined) return undefined;
      take(SPACE);
      const next = text[offset];
      if (next === (frame.array ? "]" : "}")) {
        offset += 1;
        frames.pop();
        continue;
      }
      if (next !== ",") return fault(frame.array ? `"," or "]"` : `"," or "}"`);
      offset += 1;
      take(SPACE);
      frame.index += 1;
      const wrong = frame.array ? undefined : key(frame);
      if (wrong !== undefined) return wrong;
      break;
    }
  }
}

function pathOf(frames: readonly Frame[]): string {
  return frames.reduce(
    (path, { array, index, key }) =>
      array ? `${path}[${index}]` : path === "" ? key : key === "" ? path : `${path}.${key}`,
    "",
  );
}

const SHOWN = 20;

function shown(text: string, offset: number): string {
  const rest = text.slice(offset, offset + SHOWN);
  return `"${rest.split(/[\r\n]/)[0] || "a line break"}"`;
}

/** Line and column, both from 1. */
export function placeOf(text: string, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return `line ${line}, column ${offset - lineStart + 1}`;
}
