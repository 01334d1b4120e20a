import { Problem } from "../world.ts";
import type { Document } from "./document.ts";
import { faultOf, placeOf } from "./json-fault.ts";
import { refuseSavedText } from "./saved-text.ts";

const DEEPEST = 200;
/** White space, and the record separator of RFC 7464 JSON sequences. */
const BETWEEN = "[\\s\\x1e]*";

/**
 * The documents of a text, each parsed when it is asked for: JSON documents in a row (concatenated pages, NDJSON), or YAML
 * documents where those are allowed. Where one is broken, nothing of the text counts: the caller gets a {@link Problem}.
 */
export async function* documentsOf(
  text: string,
  source: string,
  forms: "json" | "json-or-yaml" = "json-or-yaml",
): AsyncGenerator<Document> {
  const start = nextDocument(text, 0);
  if (start >= text.length)
    throw new Problem(`${source} is empty: the command that wrote it printed nothing`);
  const opener = text[start];
  if (opener === "<")
    throw new Problem(`${source} is XML or HTML, not JSON: write it with \`--output json\``);
  if (opener !== "{" && opener !== "[") {
    refuseSavedText(text, source);
    if (forms === "json")
      throw new Problem(
        `${source} is not JSON, it begins with "${firstWords(text)}": give --output json (a YAML dump that was cut off can't be told from a whole one)`,
      );
    const { yamlDocuments } = await import("./yaml-documents.ts");
    yield* yamlDocuments(text, source);
    return;
  }
  const bounds = boundsOf(text, start, source);
  for (const [index, { from, to }] of bounds.entries()) {
    const which = bounds.length === 1 ? source : `${source}, document ${index + 1}`;
    yield { value: parse(text, from, to, which), source: which };
  }
}

function firstWords(text: string): string {
  return (text.trimStart().split(/[\r\n]/)[0] ?? "").slice(0, 40);
}

/** Where each document begins and ends. */
function boundsOf(text: string, start: number, source: string): readonly { from: number; to: number }[] {
  const bounds: { from: number; to: number }[] = [];
  for (let from = start; from < text.length; ) {
    const opener = text[from];
    if (opener !== "{" && opener !== "[")
      throw new Problem(
        `${source}, ${placeOf(text, from)}: "${text.slice(from, from + 20)}" follows the end of a document: give the JSON as it was printed`,
      );
    const to = endOf(text, from, source);
    bounds.push({ from, to });
    from = nextDocument(text, to);
  }
  return bounds;
}

function nextDocument(text: string, from: number): number {
  const between = new RegExp(BETWEEN, "y");
  between.lastIndex = from;
  between.exec(text);
  return between.lastIndex;
}

/** End of the object or array that begins here; the end of the text where it is cut off. */
function endOf(text: string, from: number, source: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > DEEPEST)
          throw new Problem(
            `${source}, ${placeOf(text, at)}: it is nested deeper than ${DEEPEST} levels: no list of interfaces or objects is`,
          );
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      default:
    }
  }
  return text.length;
}

function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

function parse(text: string, from: number, to: number, source: string): unknown {
  try {
    return JSON.parse(text.slice(from, to));
  } catch (cause) {
    const fault = faultOf(text, from);
    const place = fault === undefined ? "" : `, ${placeOf(text, fault.offset)}`;
    const inside = fault === undefined || fault.path === "" ? "" : ` (in ${fault.path})`;
    throw new Problem(
      `${source}${place}${inside}: not JSON, ${fault?.what ?? "it can't be read"}; give the output as it was printed`,
      { cause },
    );
  }
}
