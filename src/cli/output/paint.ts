/** Colours of a terminal; without one the text stays as it is. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const plain = (text: string): string => text;
const code = (begin: number, end: number) => (text: string) => `\u001b[${begin}m${text}\u001b[${end}m`;

export function paint(colour: boolean): Paint {
  if (!colour) return { bold: plain, dim: plain, red: plain, yellow: plain, green: plain };
  return {
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    yellow: code(33, 39),
    green: code(32, 39),
  };
}
