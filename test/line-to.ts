import { type Crossing, type Fate, Line } from "../src/sandbox/in-process/index.ts";

/** A line on which the first such call has this fate. */
export function lineTo(what: RegExp, fate: Fate): Line {
  const line = new Line();
  let isStruck = false;
  line.fateOf = (crossing: Crossing) => {
    if (isStruck || !what.test(crossing.what)) return "through";
    isStruck = true;
    return fate;
  };
  return line;
}
