import { readFileSync, writeFileSync } from "node:fs";
import { type Point, pointsOf } from "../every-point.ts";
import { RUNS } from "./runs.ts";

const FILE = new URL("protocol.txt", import.meta.url);

/** What each run awaits, in order, by name: a change of the protocol shows as a change of this text. */
export async function protocolNow(): Promise<string> {
  const parts: string[] = [];
  for (const run of RUNS) {
    const names = folded((await pointsOf(run)).map(shortName));
    parts.push([run.name, ...names.map((name) => `  ${name}`)].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

export const protocolPinned = (): string => readFileSync(FILE, "utf8");

export function pin(text: string): void {
  writeFileSync(FILE, text);
}

/** Without what differs from cluster to cluster: addresses, IDs, limits. */
function shortName({ is, what }: Point): string {
  if (is === "wait") return `(${what})`;
  const [verb = "", path] = what.split(" ");
  if (path?.startsWith("/") !== true) return what.replace(/ eni-\w+$/, "");
  const [place = "", query = ""] = path.split("?");
  const resource = place.replace(/^\/apis?(\/[a-z.0-9]+)?\/v[0-9a-z]+\//, "").replace(/\d+(\.\d+){3}/, "*");
  const selector = /(fieldSelector|labelSelector)=([^&]*)/.exec(query)?.[2];
  const chosen = selector === undefined ? "" : ` (${decodeURIComponent(selector.replaceAll("+", " "))})`;
  return `${verb} ${resource.replace(/^namespaces\/vpcip-system\//, "")}${chosen}`;
}

/** Repeats, of one or of two in turn, in one line. */
function folded(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < names.length; ) {
    const [length, times] = [1, 2]
      .map((size): [number, number] => [size, repeats(names, at, size)])
      .reduce((best, next) => (next[0] * next[1] > best[0] * best[1] && next[1] > 1 ? next : best));
    const block = names.slice(at, at + length).join(", ");
    lines.push(times === 1 ? block : `${block} × ${times}`);
    at += length * times;
  }
  return lines;
}

function repeats(names: readonly string[], at: number, size: number): number {
  const block = names.slice(at, at + size).join("\n");
  let times = 1;
  while (names.slice(at + times * size, at + (times + 1) * size).join("\n") === block && block !== "")
    times++;
  return times;
}
