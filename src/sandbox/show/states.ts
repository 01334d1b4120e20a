import type { AddressState } from "../engine/report.ts";

/** `released`: leaked before and free after. */
export type ShownState = AddressState | "released";

interface Look {
  readonly letter: string;
  readonly words: string;
  /** SGR parameters of 256 colours; ECMA-48 8.3.117 and ISO/IEC 8613-6. */
  readonly sgr: string;
}

/** The worst first: where one letter stands for several addresses, the first of these is shown. */
export const LOOKS: Readonly<Record<ShownState, Look>> = {
  leaked: { letter: "L", words: "leaked", sgr: "1;38;5;231;48;5;160" },
  released: { letter: "R", words: "given back, free again", sgr: "1;38;5;16;48;5;114" },
  kept: { letter: "k", words: "kept for somebody", sgr: "38;5;16;48;5;179" },
  foreign: { letter: "f", words: "another CNI's", sgr: "38;5;231;48;5;97" },
  "in-use": { letter: "U", words: "in use", sgr: "38;5;231;48;5;32" },
  pool: { letter: "p", words: "in a pool", sgr: "38;5;153;48;5;24" },
  primary: { letter: "P", words: "primary", sgr: "38;5;231;48;5;240" },
  other: { letter: "o", words: "AWS services, others", sgr: "38;5;231;48;5;243" },
  free: { letter: ".", words: "free", sgr: "2" },
  aws: { letter: "·", words: "reserved by AWS", sgr: "2" },
};

export const WORST_FIRST = Object.keys(LOOKS) as readonly ShownState[];

export function worst(states: readonly ShownState[]): ShownState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? "free";
}

/** The states after a run, with what it gave back told apart from what was free before. */
export function withReleased(
  before: readonly AddressState[],
  after: readonly AddressState[],
): readonly ShownState[] {
  return after.map((state, index) => (state === "free" && before[index] === "leaked" ? "released" : state));
}

/** Letters of some addresses in a row, each on its colour. */
export function letters(states: readonly ShownState[], colour: boolean): string {
  if (!colour) return states.map((state) => LOOKS[state].letter).join("");
  let text = "";
  for (let from = 0; from < states.length; ) {
    const state = states[from] as ShownState;
    let to = from + 1;
    while (states[to] === state) to += 1;
    text += `\u001b[${LOOKS[state].sgr}m${LOOKS[state].letter.repeat(to - from)}\u001b[0m`;
    from = to;
  }
  return text;
}
