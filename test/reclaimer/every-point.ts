import type { SweepPorts } from "../../src/reclaimer/settings.ts";
import { type Crossing, type Fate, Line } from "../../src/sandbox/in-process/index.ts";
import type { Cluster } from "./harness.ts";

/** One run of a use case, in a cluster laid for it. */
export interface Run {
  readonly name: string;
  lay(): Promise<Cluster>;
  work(cluster: Cluster, ports: SweepPorts): Promise<unknown>;
  /** What else is done after the run, before the schedules go on: a person's part, most often. */
  after?(cluster: Cluster): Promise<void>;
  /** The five-minute runs must finish its work: it needs no daily one. */
  readonly isShort?: boolean;
  /** What is wrong in this run's own way, asked when it has ended, however it did. */
  wrongAtOnce?(cluster: Cluster, line: Line): readonly string[];
  /** How long each call takes, either way. */
  readonly latencyMilliseconds?: number;
  /** A mishap before it, beside which each point is tried: what happens to the nth (or first) of such calls. */
  readonly meets?: { readonly what: RegExp; readonly nth?: number; readonly fate: Fate };
}

/** A point of a run at which it awaits something: a call to the outside, or a wait of its own. */
export interface Point {
  readonly is: "call" | "wait";
  /** Number among its calls, or its waits, from 1. */
  readonly nth: number;
  readonly what: string;
}

/**
 * What happens at a point. `before`: nothing has taken effect yet; `after`: it has, and the answer was not heard; `heard`:
 * it was heard, and nothing was done with it. A frozen function thaws after so many minutes and goes on with what it was
 * doing; `cut`: it finds its connection broken then.
 */
export type Kind =
  | "lost-before"
  | "lost-after"
  | "killed-before"
  | "killed-after"
  | "killed-heard"
  | `frozen-${"before" | "after"} ${number} min`
  | `frozen-${"before" | "after"} ${number} min cut`;

/** The run ends here, in each way that it can end. */
export const ENDS = ["lost-before", "lost-after", "killed-before", "killed-after", "killed-heard"] as const;

/** 12 minutes: its request, signed before, is still accepted by EC2, and others have finished the work by then. */
export const FREEZES = [
  "frozen-before 12 min",
  "frozen-before 20 min",
  "frozen-after 20 min",
  "frozen-before 120 min",
  "frozen-after 120 min",
  "frozen-before 20 min cut",
  "frozen-after 20 min cut",
] as const satisfies readonly Kind[];

export interface Failed {
  readonly point: string;
  readonly why: readonly string[];
}

/** The points of a run to which nothing happens, in order. `seen` is told of each while the run stands there. */
export async function pointsOf(run: Run, seen: (point: Point) => void = () => undefined): Promise<Point[]> {
  const cluster = await run.lay();
  const points: Point[] = [];
  const line = lineOf(run, cluster, (point) => {
    points.push(point);
    seen(point);
    return "through";
  });
  await cluster.run((ports) => run.work(cluster, ports), line).catch(() => undefined);
  if (points.length === 0) throw new Error(`${run.name}: it does nothing`);
  return points;
}

const isRead = ({ is, what }: Point): boolean => is === "call" && /^(GET|Describe|read)/.test(what);

/** Whether this can make a difference: a read has no effect, and a wait of its own can't be lost. */
export function isPossible(point: Point, kind: Kind): boolean {
  if (point.is === "wait")
    return !kind.startsWith("lost") && !kind.endsWith("cut") && kind !== "killed-heard";
  return (
    !isRead(point) || (kind !== "lost-after" && kind !== "killed-after" && kind !== "frozen-after 20 min cut")
  );
}

/** Of all that can happen at a point what leaves another world behind than at the points beside it: no more than that. */
export function isTelling(points: readonly Point[], index: number, kind: Kind): boolean {
  const point = points[index];
  const next = points[index + 1];
  if (point === undefined || !isPossible(point, kind)) return false;
  if (isOneOfMany(points, index)) return false;
  const comesBeforeWrite = next !== undefined && next.is === "call" && !isRead(next);
  if (kind === "frozen-after 20 min") return comesBeforeWrite || !isRead(point);
  if (point.is === "wait") return kind === "killed-after";
  if (isRead(point)) return kind === "lost-before";
  return kind === "frozen-before 12 min" || (!kind.startsWith("frozen") && kind !== "killed-heard");
}

/** Neither the first nor the last of the same writes beside one another. */
function isOneOfMany(points: readonly Point[], index: number): boolean {
  const kindOf = (point: Point | undefined): string | undefined => point?.what.replace(/[^/]*$/, "");
  const [before, at, after] = [index - 1, index, index + 1].map((place) => kindOf(points[place]));
  return at?.startsWith("P") === true && before === at && after === at;
}

export interface Schedules {
  /** What others do while a function stands still. */
  goOn(cluster: Cluster, minutes: number): Promise<void>;
  /** What is wrong when a run has ended by itself, well or not. Empty where all is well. */
  wrongWhenEnded(cluster: Cluster): readonly string[];
  /** What is wrong when they have gone on for long enough: the five-minute ones alone where `isShort`. */
  wrongAtTheEnd(cluster: Cluster, isShort: boolean): Promise<readonly string[]>;
}

/** Each kind at each point, as far as it is chosen. */
export async function tryAll(
  run: Run,
  kinds: readonly Kind[],
  schedules: Schedules,
  isChosen: (points: readonly Point[], index: number, kind: Kind) => boolean,
): Promise<{ readonly tried: ReadonlyMap<Kind, number>; readonly failed: readonly Failed[] }> {
  const points = await pointsOf(run);
  const tried = new Map<Kind, number>();
  const failed: Failed[] = [];
  for (const [index, point] of points.entries()) {
    for (const kind of kinds) {
      if (!isChosen(points, index, kind)) continue;
      tried.set(kind, (tried.get(kind) ?? 0) + 1);
      const why = await whatIsWrong(run, point, kind, schedules);
      if (why.length > 0) failed.push({ point: `${kind} at ${point.is} ${point.nth}: ${point.what}`, why });
    }
  }
  return { tried, failed };
}

/** Lays the run's cluster anew, lets this happen at this point, and the schedules go on as if nothing had been. */
export async function whatIsWrong(
  run: Run,
  point: Point,
  kind: Kind,
  schedules: Schedules,
): Promise<readonly string[]> {
  const cluster = await run.lay();
  cluster.heard.clear();
  const before = new Set(schedules.wrongWhenEnded(cluster));
  const [, when, minutes, cut] = /^frozen-(before|after) (\d+) min( cut)?$/.exec(kind) ?? [];
  const line =
    when === undefined
      ? await ended(run, cluster, point, kind as (typeof ENDS)[number])
      : await thawed(run, cluster, point, schedules, {
          when: when as "before" | "after",
          minutes: Number(minutes),
          isBroken: cut !== undefined,
        });
  const wrong = [...(run.wrongAtOnce?.(cluster, line) ?? [])];
  if (!kind.startsWith("killed"))
    wrong.push(...schedules.wrongWhenEnded(cluster).filter((what) => !before.has(what)));
  cluster.failures.length = 0;
  await run.after?.(cluster);
  const isShort = run.isShort === true && when === undefined;
  wrong.push(...(await schedules.wrongAtTheEnd(cluster, isShort)));
  return wrong;
}

async function ended(run: Run, cluster: Cluster, at: Point, fate: Fate): Promise<Line> {
  const line = lineOf(run, cluster, (point) => (isAt(point, at) ? fate : "through"));
  await cluster.run((ports) => run.work(cluster, ports), line).catch(() => undefined);
  return line;
}

interface Freeze {
  readonly when: "before" | "after";
  readonly minutes: number;
  readonly isBroken: boolean;
}

async function thawed(
  run: Run,
  cluster: Cluster,
  at: Point,
  schedules: Schedules,
  { when, minutes, isBroken }: Freeze,
): Promise<Line> {
  const thaw = Promise.withResolvers<void>();
  const standsStill = Promise.withResolvers<void>();
  const line = lineOf(run, cluster, (point) => {
    if (!isAt(point, at)) return "through";
    standsStill.resolve();
    return { frozen: when, until: thaw.promise, isBroken };
  });
  const running = run.work(cluster, cluster.ports(line)).catch(() => undefined);
  await cluster.clock.until(Promise.race([running, standsStill.promise]));
  await schedules.goOn(cluster, minutes);
  thaw.resolve();
  await cluster.clock.until(running);
  return line;
}

const isAt = (point: Point, at: Point): boolean => point.is === at.is && point.nth === at.nth;

function lineOf(run: Run, cluster: Cluster, fateAt: (point: Point) => Fate): Line {
  const { latencyMilliseconds: latency, meets } = run;
  const line = new Line(latency === undefined ? undefined : () => cluster.clock.sleep(latency));
  let met = 0;
  line.fateOf = ({ what }: Crossing, nth) => {
    const fate = fateAt({ is: "call", nth, what });
    const isMet = meets?.what.test(what) === true && ++met === (meets.nth ?? 1);
    return isMet && fate === "through" ? meets.fate : fate;
  };
  line.fateOfWait = (what, nth) => fateAt({ is: "wait", nth, what });
  return line;
}
