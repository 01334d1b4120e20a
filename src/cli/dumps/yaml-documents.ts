import { parseAllDocuments } from "yaml";
import { Problem } from "../world.ts";
import type { Document } from "./document.ts";

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
        `${which}${at}: neither JSON nor YAML (${error.code}); give the output as it was printed`,
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
