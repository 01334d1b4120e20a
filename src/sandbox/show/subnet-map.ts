import { addressOf, addressValue } from "../../domain/address.ts";
import type { SubnetMap } from "../engine/report.ts";
import { mapFrame } from "./frame.ts";
import type { Layout } from "./layout.ts";
import { legend } from "./legend.ts";
import { letters, type ShownState, withReleased, worst } from "./states.ts";

/** Lines of 64 letters that all maps of one moment may take together; a map of its own has some in any case. */
const LINES = 24;
const FEWEST_LINES = 4;

/** Every subnet before and after, side by side where the terminal is wide enough, and what the letters mean. */
export function subnetMaps(
  before: readonly SubnetMap[],
  after: readonly SubnetMap[],
  layout: Layout,
): readonly string[] {
  const lines = Math.max(FEWEST_LINES, Math.floor(LINES / Math.max(1, before.length)));
  const pairs = before.flatMap((map) => {
    const end = after.find(({ subnet }) => subnet === map.subnet);
    return end === undefined ? [] : [{ map, shown: withReleased(map.states, end.states) }];
  });
  if (pairs.length === 0) return [];
  const [all, allAfter] = [pairs.flatMap(({ map }) => map.states), pairs.flatMap(({ shown }) => shown)];
  return [
    ...pairs.flatMap(({ map, shown }) => pairOfMaps(map, shown, lines, layout)),
    "",
    ...legend(all, allAfter, layout),
    ...(pairs.some(({ map }) => scaleFor(map.states.length, lines) > 1)
      ? [layout.paint.dim("  Where a letter stands for several addresses, it tells of the worst of them.")]
      : []),
  ];
}

function pairOfMaps(
  { subnet, cidr, states }: SubnetMap,
  after: readonly ShownState[],
  lines: number,
  { width, paint, colour }: Layout,
): readonly string[] {
  const scale = scaleFor(states.length, lines);
  const first = addressValue(cidr.split("/")[0] ?? "") ?? 0;
  const { cells, group, isBeside, indent, gap } = mapFrame(
    width,
    addressOf(first + states.length - 1).length,
  );
  const rows = Array.from({ length: Math.ceil(states.length / scale / cells) }, (_, row) => row);
  const draw = (all: readonly ShownState[], row: number): string => {
    const drawn = Array.from({ length: cells }, (_, cell) => (row * cells + cell) * scale)
      .filter((from) => from < all.length)
      .map((from) => worst(all.slice(from, from + scale)));
    return Array.from({ length: Math.ceil(drawn.length / group) }, (_, index) =>
      letters(drawn.slice(index * group, (index + 1) * group), colour),
    ).join(" ");
  };
  const label = (row: number) =>
    paint.dim(`  ${addressOf(first + row * scale * cells)}`.padEnd(indent.length));
  const scaled = scale === 1 ? "" : `, a letter for ${scale} addresses`;
  const mapWidth = widthOf(Math.min(cells, Math.ceil(states.length / scale)), group);
  const head = ["", `${paint.bold(`Subnet ${cidr}`)} ${paint.dim(`(${subnet}${scaled})`)}`];
  if (isBeside) {
    return [
      ...head,
      paint.bold(`${indent}${"before".padEnd(mapWidth)}${gap}after`),
      ...rows.map((row) => `${label(row)}${draw(states, row)}${gap}${draw(after, row)}`),
    ];
  }
  return [
    ...head,
    paint.bold(`${indent}before`),
    ...rows.map((row) => label(row) + draw(states, row)),
    paint.bold(`${indent}after`),
    ...rows.map((row) => label(row) + draw(after, row)),
  ];
}

/** How many addresses one letter stands for: a power of two, as prefixes are. */
function scaleFor(addresses: number, lines: number): number {
  let scale = 1;
  while (addresses / scale / 64 > lines) scale *= 2;
  return scale;
}

function widthOf(cells: number, group: number): number {
  return cells + Math.ceil(cells / group) - 1;
}
