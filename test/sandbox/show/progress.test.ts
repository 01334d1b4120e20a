import { describe, expect, test } from "@jest/globals";
import { progressLine } from "../../../src/sandbox/show/progress.ts";

function screen(isTTY: boolean, columns = 20) {
  const written: string[] = [];
  return { isTTY, columns, write: (text: string) => written.push(text), written };
}

describe("progress", () => {
  test("is one line of a terminal, written over, never wider, and taken away", () => {
    const to = screen(true);
    const progress = progressLine(to);
    progress.tell("laying");
    progress.tell("sweeping node by node, slowly");
    progress.clear();
    expect(to.written).toEqual(["\r\u001b[K… laying", "\r\u001b[K… sweeping node by ", "\r\u001b[K"]);
  });

  test("is a line for each new step of a log, and not too many", () => {
    const to = screen(false);
    const progress = progressLine(to);
    for (const what of ["laying", "sweeping", "laying"]) progress.tell(what);
    progress.clear();
    expect(to.written).toEqual(["laying\n", "sweeping\n"]);
    for (let node = 0; node < 500; node += 1) progress.tell(`node ${node}`);
    expect(to.written).toHaveLength(20);
  });
});
