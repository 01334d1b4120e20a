import { type Crossing, Line, POINTS } from "../../src/sandbox/in-process/index.ts";
import type { Cluster } from "./harness.ts";

export interface Failed {
  readonly point: string;
  readonly why: readonly string[];
}

/**
 * Makes a run fail at each of its calls in turn, in each way, every time in a new cluster; lets the schedules go on as if nothing
 * had been; and tells at which points something was left wrong.
 */
export async function atEveryPoint(
  lay: () => Promise<Cluster>,
  act: (cluster: Cluster, line: Line) => Promise<unknown>,
  wrongAfter: (cluster: Cluster) => Promise<readonly string[]>,
): Promise<{ readonly points: number; readonly failed: readonly Failed[] }> {
  const clean = new Line();
  await act(await lay(), clean);
  const failed: Failed[] = [];
  let points = 0;
  for (const [index, crossing] of clean.crossings.entries()) {
    for (const fate of POINTS.filter((one) => one.endsWith("before") || !isRead(crossing))) {
      points++;
      const cluster = await lay();
      const line = new Line();
      line.fateOf = (_crossing, nth) => (nth === index + 1 ? fate : "through");
      await act(cluster, line).catch(() => undefined);
      cluster.failures.length = 0;
      const why = await wrongAfter(cluster);
      if (why.length > 0) failed.push({ point: `${fate} at ${index + 1}: ${crossing.what}`, why });
    }
  }
  return { points, failed };
}

/** Whether a read took effect makes no difference. */
const isRead = ({ what }: Crossing): boolean => /^(GET|Describe|read)/.test(what);

/** What is wrong when the schedules have gone on for long enough. Empty where all is well. */
export async function wrongAtTheEnd(cluster: Cluster): Promise<readonly string[]> {
  await cluster.converge();
  const wrong = cluster.wrong.map((what) => `wrongly released: ${what}`);
  wrong.push(...cluster.leaks.map((address) => `still leaked: ${address}`));
  wrong.push(...cluster.unfinished.map((address) => `unfinished: ${address}`));
  wrong.push(...cluster.failures.map((error) => `failed: ${String(error)}`));
  for (const name of cluster.allocators.keys()) {
    if (cluster.requests(name).length > 0) wrong.push(`requests are left on the lease of ${name}`);
    if (!(await cluster.canStartPod(name))) wrong.push(`no Pod can be started on ${name}`);
  }
  return wrong;
}
