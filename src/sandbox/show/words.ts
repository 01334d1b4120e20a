/** `1 address`, `12 addresses`, `25,000 addresses`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** Lines of at most `width` characters, broken at spaces; a word that is longer stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Wrapped, and set in from the left. */
export function indented(text: string, width: number, indent = "  "): readonly string[] {
  return wrapped(text, width - indent.length).map((line) => indent + line);
}
