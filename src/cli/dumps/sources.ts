import { Problem, type World } from "../world.ts";
import { documentsOf } from "./documents.ts";
import { ANY, type Item, type Piece, place, recognise } from "./recognise.ts";
import { textOf } from "./text.ts";

/** Which flag takes which objects. */
export const INPUTS = {
  interfaces: "NetworkInterface",
  pods: "Pod",
  vips: "VpcIP",
  claims: "VpcIPClaim",
  necs: "NodeENIConfig",
  nodes: "Node",
  instances: "Instance",
} as const;
export type Input = keyof typeof INPUTS;

/**
 * An answer of aws as YAML ends with its last interface or instance: cut off before the end it is still YAML, and half the
 * data. kubectl writes a list's kind behind its items, so that a cut there shows.
 */
const FORMS: Readonly<Record<Input, "json" | "json-or-yaml">> = {
  interfaces: "json",
  instances: "json",
  pods: "json-or-yaml",
  vips: "json-or-yaml",
  claims: "json-or-yaml",
  necs: "json-or-yaml",
  nodes: "json-or-yaml",
};

export const STANDARD_INPUT = "-";

/** Refuses `-` given to more than one flag: standard input can be read once. */
export function checkStandardInput(files: ReadonlyMap<Input, readonly string[]>): void {
  const users = [...files].flatMap(([input, paths]) =>
    paths.filter((path) => path === STANDARD_INPUT).map(() => `--${input}`),
  );
  if (users.length > 1)
    throw new Problem(
      `standard input (-) is given to ${users.join(" and to ")}, but it can be read only once: write one of them into a file`,
    );
}

/** One object of an input. */
export interface Found extends Item {
  readonly source: string;
}

/**
 * Hands every object of an input's files to a visitor, page by page, and checks that the pages are all there: a list that
 * is not complete is no list.
 */
export async function visit(
  world: World,
  input: Input,
  paths: readonly string[],
  visitor: (found: Found) => void,
): Promise<void> {
  const pages: Piece[] = [];
  for (const path of paths) {
    const source = path === STANDARD_INPUT ? "standard input" : path;
    const text = textOf(await bytesOf(world, path, source), source);
    for await (const document of documentsOf(text, source, FORMS[input])) {
      for (const piece of recognise(document)) {
        checkKind(input, piece);
        for (const item of piece.items) visitor({ ...item, source: piece.source });
        // Only what the check of completeness needs: the objects themselves may go.
        pages.push({ ...piece, items: piece.items.map(() => DROPPED) });
      }
    }
  }
  checkComplete(input, pages);
}

const DROPPED: Item = { raw: undefined, path: "" };

async function bytesOf(world: World, path: string, source: string): Promise<Uint8Array> {
  try {
    return await (path === STANDARD_INPUT ? world.readStandardInput() : world.readFile(path));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new Problem(`${source} can't be read: ${READ_ERRORS[code] ?? `${(cause as Error).message}`}`, {
      cause,
    });
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is no directory",
  EISDIR: "it is a directory; name the files in it",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ERR_INVALID_ARG_VALUE: "its name holds a character that no name may",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GB: give it in several files",
};

function checkKind(input: Input, piece: Piece): void {
  const wanted = INPUTS[input];
  if (piece.what === wanted || (piece.what === ANY && input !== "interfaces" && input !== "instances"))
    return;
  const other = (Object.keys(INPUTS) as Input[]).find((candidate) => INPUTS[candidate] === piece.what);
  const advice =
    other === undefined
      ? `--${input} takes ${wanted} objects`
      : `give it with --${other} (--${input} takes ${wanted} objects)`;
  const what = piece.calledAs === "List" ? `a List of ${piece.what}` : `a ${piece.calledAs}`;
  const at = place(piece.source, /^(?:\[\d+\])*/.exec(piece.items[0]?.path ?? "")?.[0] ?? "");
  throw new Problem(`${at} is ${what}: ${advice}`);
}

/** Each page that says there is more must be followed by one, of the same list; the last one must say nothing of the kind. */
function checkComplete(input: Input, pages: readonly Piece[]): void {
  for (const [index, page] of pages.entries()) {
    if (page.more === undefined) continue;
    const next = pages[index + 1];
    const { field, remaining } = page.more;
    const tell = `${page.source}: the list is not complete, ${field} says that more follows`;
    const advice =
      input === "interfaces" || input === "instances"
        ? "write it without --max-items and --no-paginate, or give the further pages after it"
        : "write it without --limit, or give the further pages after it";
    if (next === undefined) throw new Problem(`${tell}; ${advice}`);
    if (page.version !== next.version)
      throw new Problem(
        `${tell}, but what follows (${next.source}) is of another list (resourceVersion ${next.version ?? "none"} after ${page.version}); ${advice}`,
      );
    if (remaining === undefined) continue;
    const following = objectsAfter(pages, index);
    if (following < remaining)
      throw new Problem(
        `${tell} (${remaining} objects), and the pages after it hold only ${following}; ${advice}`,
      );
  }
}

/** How many objects the pages after this one, of the same list, hold. */
function objectsAfter(pages: readonly Piece[], index: number): number {
  const { version } = pages[index] as Piece;
  let count = 0;
  for (const page of pages.slice(index + 1)) {
    if (page.version !== version) break;
    count += page.items.length;
  }
  return count;
}
