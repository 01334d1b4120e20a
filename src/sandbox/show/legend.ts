import type { Layout } from "./layout.ts";
import { LOOKS, letters, type ShownState, WORST_FIRST } from "./states.ts";
import { number } from "./words.ts";

const INDENT = "  ";
const ITEMS_OF_LINE = 5;

/** What each letter means, and how many there were before and after. */
export function legend(
  before: readonly ShownState[],
  after: readonly ShownState[],
  { width, colour }: Layout,
): readonly string[] {
  const were = counts(before);
  const are = counts(after);
  // what was given back is free: it counts as both
  are.set("free", (are.get("free") ?? 0) + (are.get("released") ?? 0));
  const items = WORST_FIRST.flatMap((state) => {
    const [was, is] = [were.get(state) ?? 0, are.get(state) ?? 0];
    if (was + is === 0) return [];
    const change = was === is || state === "released" ? number(is) : `${number(was)} → ${number(is)}`;
    return [{ state, text: `${LOOKS[state].words} ${change}` }];
  });
  const column = Math.max(...items.map(({ text }) => text.length)) + 2;
  const perLine = Math.max(1, Math.min(ITEMS_OF_LINE, Math.floor(width / (column + 2))));
  return Array.from({ length: Math.ceil(items.length / perLine) }, (_, line) =>
    items
      .slice(line * perLine, (line + 1) * perLine)
      .reduce((text, item) => `${text}${letters([item.state], colour)} ${item.text.padEnd(column)}`, INDENT)
      .trimEnd(),
  );
}

function counts(states: readonly ShownState[]): Map<ShownState, number> {
  const found = new Map<ShownState, number>();
  for (const state of states) found.set(state, (found.get(state) ?? 0) + 1);
  return found;
}
