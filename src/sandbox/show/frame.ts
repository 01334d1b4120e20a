/** How a pair of maps is set on a terminal. */
export interface MapFrame {
  /** Letters of a line. */
  readonly cells: number;
  /** Letters between two gaps. */
  readonly group: number;
  /** Before and after side by side rather than one below the other. */
  readonly isBeside: boolean;
  /** As wide as what stands left of the letters. */
  readonly indent: string;
  readonly gap: string;
}

const GROUP = 16;
const GAP = "   ";

/** The frames, the best first; the last is for a terminal that is too narrow for any. */
const CHOICES = [
  { cells: 64, group: GROUP, isBeside: true },
  { cells: 64, group: 64, isBeside: true },
  { cells: 64, group: GROUP, isBeside: false },
  { cells: 64, group: 64, isBeside: false },
  { cells: 32, group: GROUP, isBeside: false },
] as const;

/** @param label the longest address at the left of a line, in characters */
export function mapFrame(width: number, label: number): MapFrame {
  const indent = " ".repeat(label + 3);
  const needed = ({ cells, group, isBeside }: (typeof CHOICES)[number]): number => {
    const map = cells + cells / group - 1;
    return indent.length + (isBeside ? 2 * map + GAP.length : map);
  };
  const choice = CHOICES.find((one) => needed(one) <= width) ?? CHOICES[4];
  return { ...choice, indent, gap: GAP };
}
