import { wrapped } from "../../cli/output/wrap.ts";

/** `1 address`, `12 addresses`, `25,000 addresses`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** Wrapped, and set in from the left. */
export function indented(text: string, width: number, indent = "  "): readonly string[] {
  return wrapped(text, width - indent.length).map((line) => indent + line);
}
