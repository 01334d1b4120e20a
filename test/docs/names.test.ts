/** What the pages name is there: files, links, commands and their options. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { PAGES, ROOT, read } from "./pages.ts";

const root = fileURLToPath(ROOT);
const isThere = (path: string): boolean => existsSync(join(root, path));

const SOURCES = ["src", "test", "functions", "infra", "scripts", "model"] as const;
const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
const baseNames = new Set(SOURCES.flatMap(filesIn).map((path) => path.slice(path.lastIndexOf("/") + 1)));

const all = (page: string, pattern: RegExp): readonly string[] =>
  [...read(page).matchAll(pattern)].map(([, found = ""]) => found);

const { scripts, engines } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

/** Options that the framework knows at each of its verbs. */
const FRAMEWORK_OPTIONS = Object.keys(
  createRequire(import.meta.url)("osls/lib/cli/commands-schema/common-options/aws-service.js") as object,
).map((name) => `--${name}`);

/** The text of all modules beside the one that a script starts: among it is how it reads its options. */
function sourceOf(script: string): string {
  if (scripts[script]?.includes("scripts/osls.sh")) return FRAMEWORK_OPTIONS.join("\n");
  const [, file = ""] = /([\w/.-]+\.ts)/.exec(scripts[script] ?? "") ?? [];
  return filesIn(dirname(file))
    .filter((path) => path.endsWith(".ts"))
    .map(read)
    .join("\n");
}

describe.each(PAGES)("%s", (page) => {
  test("links to pages and files that are there", () => {
    const links = all(page, /\]\(([^)#]+)(?:#[^)]*)?\)/g).filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !isThere(join(dirname(page), link)))).toEqual([]);
  });

  test("names files that are there", () => {
    const paths = all(page, new RegExp(`\`((?:${SOURCES.join("|")})/[^\`\\s]*)\``, "g"));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
    expect(all(page, /`([\w-]+\.ts)`/g).filter((name) => !baseNames.has(name))).toEqual([]);
  });

  test("shows commands that there are, with options that they have", () => {
    const commands = all(page, /npm (?:--silent )?((?:run (?:--silent )?[\w:-]+|start)(?: -- [^`#\n]*)?)/g);
    const unknown = commands.filter((command) => {
      const [, script = ""] = /^(?:run (?:--silent )?)?([\w:-]+)/.exec(command) ?? [];
      const options = command.match(/--[a-z][a-z-]+/g) ?? [];
      if (scripts[script] === undefined) return true;
      const source = options.length === 0 ? "" : sourceOf(script);
      return options.some((option) => option !== "--silent" && !source.includes(option));
    });
    expect(unknown).toEqual([]);
  });
});

test("the README asks for the Node that package.json asks for", () => {
  expect(read("README.md")).toContain(`Node ${engines.node.replace(/>=(\d)/, ">= $1")}`);
});
