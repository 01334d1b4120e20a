#!/usr/bin/env node
// Draws what a terminal shows (standard input, with SGR colours) as an SVG picture (standard output):
//   FORCE_COLOR=1 npm --silent start | sed '/Orphan interfaces/,$d' | node_modules/.bin/node scripts/terminal-svg.mjs > docs/run.svg
import { text } from "node:stream/consumers";

const [CELL, LINE, SIZE, MARGIN] = [8.4, 19, 14, 18];
const [PAPER, INK] = ["#0d1117", "#e6edf3"];
const NAMED = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341" };

/** One of 256 colours: xterm's cube and greys. */
function colour(index) {
  const grey = 8 + 10 * (index - 232);
  const level = (part) => (part === 0 ? 0 : 55 + 40 * part);
  const cube = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6].map(level);
  return `rgb(${index >= 232 ? [grey, grey, grey] : cube})`;
}

/** The style after an SGR sequence (ECMA-48, 8.3.117). */
function styled(style, parameters) {
  const codes = parameters.split(";").map(Number);
  let next = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 39) next.ink = undefined;
    else if (code === 49) next.paper = undefined;
    else if (code === 38 || code === 48) {
      next[code === 38 ? "ink" : "paper"] = colour(codes[at + 2]);
      at += 2;
    } else next.ink = NAMED[code] ?? next.ink;
  }
  return next;
}

/** Runs of one style, with the column where each begins. */
function runs(line, style) {
  const found = [];
  let column = 0;
  let now = style;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith("\u001b[")) now = styled(now, part.slice(2, -1));
    else if (part !== "") {
      found.push({ ...now, column, text: part });
      column += part.length;
    }
  }
  return { found, width: column, style: now };
}

const escaped = (value) => value.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const round = (value) => Number(value.toFixed(1));
const left = (column) => round(MARGIN + column * CELL);

const lines = (await text(process.stdin)).trimEnd().split("\n");
const shapes = [];
let style = {};
let columns = 0;
for (const [row, line] of lines.entries()) {
  const drawn = runs(line, style);
  style = drawn.style;
  columns = Math.max(columns, drawn.width);
  const top = MARGIN + row * LINE;
  for (const { column, text: words, ink = INK, paper, bold, dim } of drawn.found) {
    const place = `x="${round(MARGIN + column * CELL)}"`;
    const width = round(words.length * CELL);
    if (paper)
      shapes.push(`<rect ${place} y="${top}" width="${width}" height="${LINE - 1}" fill="${paper}"/>`);
    const look = `fill="${ink}"${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.6"' : ""}`;
    // each piece is set at its own column: no font and no rule about white space can move it
    for (const { 0: piece, index } of words.matchAll(/\S+(?: \S+)*/g))
      shapes.push(
        `<text x="${left(column + index)}" y="${top + 14}" textLength="${round(piece.length * CELL)}" ${look}>${escaped(piece)}</text>`,
      );
  }
}
const [width, height] = [Math.ceil(columns * CELL) + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}">
<title>What npm start shows on a terminal</title>
<rect width="100%" height="100%" rx="10" fill="${PAPER}"/>
${shapes.join("\n")}
</svg>`);
