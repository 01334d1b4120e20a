import { describe, expect, test } from "@jest/globals";
import type { AddressState } from "../../../src/sandbox/engine/report.ts";
import { subnetMaps } from "../../../src/sandbox/show/subnet-map.ts";
import { layout, subnet } from "./builders.ts";

const BEFORE = { 4: "primary", 5: "in-use", 6: "leaked", 7: "pool", 20: "kept", 21: "foreign" } as const;

const before = subnet("10.0.0.0/26", BEFORE);
const after = subnet("10.0.0.0/26", { ...BEFORE, 6: "free" });

describe("the map of a subnet", () => {
  test("shows a letter an address, before and after, and what the letters mean", () => {
    expect(subnetMaps([before], [after], layout(100))).toEqual([
      "",
      "Subnet 10.0.0.0/26 (subnet-1)",
      "            before",
      "  10.0.0.0  ····PULp........ ....kf.......... ................ ...............·",
      "            after",
      "  10.0.0.0  ····PURp........ ....kf.......... ................ ...............·",
      "",
      "  L leaked 1 → 0              R given back, free again 1  k kept for somebody 1",
      "  f another CNI's 1           U in use 1                  p in a pool 1",
      "  P primary 1                 . free 53 → 54              · reserved by AWS 5",
    ]);
  });

  test("stands side by side where the terminal is wide enough", () => {
    const lines = subnetMaps([before], [after], layout(150));
    expect(lines.slice(2, 4)).toEqual([
      `            ${"before".padEnd(67)}   after`,
      "  10.0.0.0  ····PULp........ ....kf.......... ................ ...............·   ····PURp........ ....kf.......... ................ ...............·",
    ]);
  });

  test("is at most as wide as the terminal", () => {
    const wide = subnet("10.100.100.0/22", { 700: "leaked" });
    for (const width of [60, 72, 80, 100, 146, 150, 200])
      for (const line of subnetMaps([wide], [wide], layout(width)))
        expect(line.length).toBeLessThanOrEqual(width);
  });

  test("begins each line with its first address", () => {
    const large = subnet("10.0.0.0/24");
    const labels = subnetMaps([large], [large], layout(80)).map((line) => line.slice(2, 13).trim());
    expect(labels.slice(3, 7)).toEqual(["10.0.0.0", "10.0.0.64", "10.0.0.128", "10.0.0.192"]);
  });

  test("tells of the worst of several addresses where the subnet is large", () => {
    const states: Record<number, AddressState> = {
      40: "pool",
      41: "leaked",
      42: "in-use",
      70: "in-use",
      71: "pool",
    };
    const large = subnet("10.0.0.0/17", states);
    const swept = subnet("10.0.0.0/17", { ...states, 41: "free" });
    const lines = subnetMaps([large], [swept], layout(100));
    expect(lines[1]).toBe("Subnet 10.0.0.0/17 (subnet-1, a letter for 32 addresses)");
    expect(lines[3]).toMatch(/^ {2}10\.0\.0\.0 {5}\.LU\.{13} /);
    expect(lines.filter((line) => /^ {2}10\./.test(line))).toHaveLength(32);
    expect(lines.find((line) => line.includes(".RU."))).toBeDefined();
    expect(lines.at(-1)).toContain("the worst of them");
  });

  test("keeps what is still leaked apart from what was given back", () => {
    const both = subnet("10.0.0.0/26", { 8: "leaked", 9: "leaked" });
    const one = subnet("10.0.0.0/26", { 8: "leaked" });
    const lines = subnetMaps([both], [one], layout(100));
    expect(lines[5]).toContain("····....LR......");
    expect(lines.join("\n")).toContain("L leaked 2 → 1");
  });

  test("calls an address that somebody took again what it is now", () => {
    const taken = subnet("10.0.0.0/26", { ...BEFORE, 6: "in-use" });
    const text = subnetMaps([before], [taken], layout(100)).join("\n");
    expect(text).toContain("····PUUp");
    expect(text).not.toContain("given back");
  });

  test("has several subnets share its lines", () => {
    const many = Array.from({ length: 6 }, (_, index) => ({
      ...subnet("10.0.0.0/20"),
      subnet: `subnet-${index}`,
    }));
    const lines = subnetMaps(many, many, layout(100)).filter((line) => /^ {2}10\./.test(line));
    expect(lines).toHaveLength(6 * 2 * 4);
  });

  test("sets letters on colours where there are colours, and takes each colour back", () => {
    const [, , , line = ""] = subnetMaps([before], [after], layout(100, true));
    expect(line).toContain("\u001b[1;38;5;231;48;5;160mL\u001b[0m");
    expect(line.endsWith("\u001b[0m")).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    expect(line.replace(/\u001b\[[0-9;]*m/g, "")).toBe(subnetMaps([before], [after], layout(100))[3]);
  });
});
