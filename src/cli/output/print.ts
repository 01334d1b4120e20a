import type { World } from "../world.ts";

export const FORMATS = ["table", "wide", "json", "yaml"] as const;
export type Format = (typeof FORMATS)[number];

/** Prints one document in the form that a person or a script asked for. */
export async function print<Doc>(
  world: World,
  format: Format,
  document: Doc,
  text: (document: Doc, wide: boolean) => readonly string[],
): Promise<void> {
  switch (format) {
    case "json":
      world.out(`${JSON.stringify(document, undefined, 2)}\n`);
      return;
    case "yaml": {
      const { stringify } = await import("yaml");
      world.out(stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }));
      return;
    }
    case "table":
    case "wide":
      world.out(`${text(document, format === "wide").join("\n")}\n`);
  }
}
