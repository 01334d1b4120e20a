import { parseAllDocuments } from "yaml";
import { Problem } from "../world.ts";
import type { Document } from "./document.ts";

/** What a parser's codes mean (yaml, "Errors"). */
const WORDS: Readonly<Record<string, string>> = {
  BAD_INDENT: "a line is indented wrongly: cut off or edited?",
  TAB_AS_INDENT: "a line is indented with a tab",
  DUPLICATE_KEY: "a name stands twice in one object",
  MISSING_CHAR: "something is missing: cut off?",
  MULTILINE_IMPLICIT_KEY: "a line has no colon: cut off?",
  BLOCK_AS_IMPLICIT_KEY: "two names stand on one line",
  UNEXPECTED_TOKEN: "something stands where nothing should",
  RESOURCE_EXHAUSTION: "it is nested too deep",
};

/** YAML documents, as `kubectl -o yaml` prints them. */
export function* yamlDocuments(text: string, source: string): Generator<Document> {
  const documents = read(text, source).filter(({ contents }) => contents !== null);
  for (const [index, document] of documents.entries()) {
    const which = documents.length === 1 ? source : `${source}, document ${index + 1}`;
    const [error] = document.errors;
    if (error !== undefined) {
      // Where a parser runs out of stack depends on the machine.
      const [place] = error.code === "RESOURCE_EXHAUSTION" ? [] : (error.linePos ?? []);
      const at = place === undefined ? "" : `, line ${place.line}, column ${place.col}`;
      throw new Problem(
        `${which}${at}: neither JSON nor YAML, ${WORDS[error.code] ?? "it can't be read"}; give the output as it was printed`,
        {
          cause: error,
        },
      );
    }
    let value: unknown;
    try {
      value = document.toJS();
    } catch (cause) {
      throw new Problem(`${which}: its YAML can't be resolved; give the output as JSON`, { cause });
    }
    if (typeof value !== "object" || value === null)
      throw new Problem(
        `${which}: neither JSON nor YAML of a list, it begins with "${text.trimStart().slice(0, 40)}"; give what \`aws … --output json\` or \`kubectl … -o json\` printed`,
      );
    yield { value, source: which };
  }
  if (documents.length === 0)
    throw new Problem(`${source} holds no document: the command that wrote it printed nothing`);
}

function read(text: string, source: string) {
  try {
    const documents = parseAllDocuments(text, { prettyErrors: true, logLevel: "silent" });
    return "empty" in documents ? [] : documents;
  } catch (cause) {
    throw new Problem(`${source}: neither JSON nor YAML; give the output as it was printed`, { cause });
  }
}
