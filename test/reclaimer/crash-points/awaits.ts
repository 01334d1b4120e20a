import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../../", import.meta.url);
const SOURCES = new URL("src/reclaimer/", ROOT);
const DEEP = 100;

/** An `await` in the source. */
export interface Await {
  readonly file: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly text: string;
  readonly end: Place;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Every `await` of the use cases, as the parser of TypeScript finds them. */
export function awaitsInSource(): readonly Await[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => awaitsIn(new URL(name, SOURCES)));
}

export const nameOf = ({ file, line, column }: Await): string => `${file}:${line}:${column}`;

function awaitsIn(url: URL): readonly Await[] {
  const path = fileURLToPath(url);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, true);
  const found: Await[] = [];
  const visit = (node: ts.Node): void => {
    const isLoop = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
    if (ts.isAwaitExpression(node) || isLoop) found.push(awaitAt(source, node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function awaitAt(source: ts.SourceFile, node: ts.Node): Await {
  const placeOf = (position: number): Place => {
    const { line, character } = source.getLineAndCharacterOfPosition(position);
    return { line: line + 1, column: character + 1 };
  };
  const text = node.getText().split("\n")[0] ?? "";
  return {
    file: relative(source.fileName),
    text,
    ...placeOf(node.getStart()),
    end: placeOf(node.getEnd()),
  };
}

/**
 * The awaits at which the present call stack stands: V8 tells of each function that waits where it does (V8, "Zero-cost async
 * stack traces"), and of the innermost, which does not wait yet, where it calls. Node strips types in place, so that the
 * positions are those of the source.
 */
export function standingAt(all: readonly Await[]): readonly Await[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEP;
  Error.prepareStackTrace = (_error, sites) => sites;
  const sites = new Error("where").stack as unknown as readonly NodeJS.CallSite[];
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return sites.flatMap((site) => {
    const file = relative(site.getFileName() ?? "");
    const line = site.getLineNumber() ?? 0;
    const column = site.getColumnNumber() ?? 0;
    // A call that isn't awaited yet stands in the await's own text; the innermost one is meant.
    const at = { line, column };
    const around = all.filter((one) => one.file === file && !isBefore(at, one) && isBefore(at, one.end));
    return around.sort((one, other) => (isBefore(one, other) ? 1 : -1)).slice(0, 1);
  });
}

const isBefore = (one: Place, other: Place): boolean =>
  one.line < other.line || (one.line === other.line && one.column < other.column);

function relative(path: string): string {
  const plain = path.startsWith("file:") ? fileURLToPath(path) : path;
  const root = fileURLToPath(ROOT);
  return plain.startsWith(root) ? plain.slice(root.length) : plain;
}
