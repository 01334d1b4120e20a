import { constants } from "node:buffer";
import { Problem } from "../world.ts";

/** The text of a file: UTF-8, or UTF-16 as Windows PowerShell's `>` writes it, with or without a byte order mark. */
export function textOf(bytes: Uint8Array, source: string): string {
  const encoding = encodingOf(bytes);
  if (bytes.length / (encoding === "utf-8" ? 1 : 2) > constants.MAX_STRING_LENGTH)
    throw new Problem(
      `${source} has ${Math.round(bytes.length / 2 ** 20)} MB, more than can be read at once: give it in several files`,
    );
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(
      `${source} is not text (neither UTF-8 nor UTF-16): give the JSON or YAML as it was printed`,
      {
        cause,
      },
    );
  }
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // JSON and YAML begin with an ASCII character, so one of the first two bytes tells (RFC 4627 §3).
  if (first !== undefined && second === 0 && first !== 0) return "utf-16le";
  if (first === 0 && second !== undefined && second !== 0) return "utf-16be";
  return "utf-8";
}
