/** Names no wider than a size where that is possible without making two different ones equal. */
export function distinctly(names: readonly string[], size: number): string[] {
  if (names.every(({ length }) => length <= size)) return [...names];
  const suffix = commonSuffix(names);
  const stems = suffix === "" ? [...names] : names.map((name) => `${name.slice(0, -suffix.length)}…`);
  const different = new Set(stems).size;
  const longest = Math.max(...stems.map(({ length }) => length));
  for (let width = size; width < longest; width += 1) {
    const short = stems.map((stem) => middle(stem, width));
    if (new Set(short).size === different) return short;
  }
  return stems;
}

/** What all names end with, from a dot on: the domain of EC2's private names. */
function commonSuffix(names: readonly string[]): string {
  const [first = ""] = names;
  for (let at = first.indexOf("."); at > 0; at = first.indexOf(".", at + 1)) {
    const suffix = first.slice(at);
    if (names.every((name) => name.endsWith(suffix) && name.length > suffix.length)) return suffix;
  }
  return "";
}

/** Shortens in the middle: of node names and addresses both ends tell. */
function middle(value: string, size: number): string {
  if (value.length <= size) return value;
  const head = Math.ceil((size - 1) / 2);
  return `${value.slice(0, head)}…${value.slice(value.length - (size - 1 - head))}`;
}
