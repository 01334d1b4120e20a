import { expect, test } from "@jest/globals";
import { read, tablesOf } from "./pages.ts";

const [, diagram = ""] = /stateDiagram-v2\n([\s\S]*?)```/.exec(read("docs/protocol.md")) ?? [];
const arrows = [...diagram.matchAll(/^ +(\S+) --> (\S+): (.+)$/gm)].map(([, from, to]) => [from, to]);

test("each state of docs/protocol.md's diagram has a row that says how it is durable and who keeps it, and the reverse", () => {
  const states = new Set(arrows.flat().filter((state) => state !== "[*]"));
  const [rows = []] = tablesOf("docs/protocol.md", "state");
  expect(rows.map(([state]) => state).sort()).toEqual([...states].sort());
  expect(rows.filter((row) => row.length !== 3 || row.includes(""))).toEqual([]);
  expect(diagram.trim().split("\n")).toHaveLength(arrows.length);
});

test("each state of it is entered and left", () => {
  const [from, to] = [0, 1].map((end) => new Set(arrows.map((arrow) => arrow[end])));
  expect([...(from ?? [])].sort()).toEqual([...(to ?? [])].sort());
});

test("each step of docs/protocol.md says what is left where a run ends after it, and who goes on", () => {
  const tables = tablesOf("docs/protocol.md", "step");
  expect(tables.map((rows) => rows.length > 9)).toEqual([true, true]);
  expect(tables.flat().filter((row) => row.length !== 3 || row.includes(""))).toEqual([]);
});
