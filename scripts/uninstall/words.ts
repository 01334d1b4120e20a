import type { Obstacle } from "./obstacles.ts";
import type { State } from "./state.ts";

/** More than a person reads. */
const SHOWN = 10;

/** What there is, and what would be forgotten. */
export function summaryOf({ kinds, records, livingPods }: State): string {
  if (kinds.length === 0) return "there are no kinds of eni-reclaimer in this cluster";
  const owned = records.flatMap(({ claim }) => claim ?? []);
  const ofPods = owned.filter(({ podUID }) => livingPods.has(podUID)).length;
  const kept = owned.filter(({ podUID, isStatic }) => isStatic && !livingPods.has(podUID)).length;
  const marked = records.filter(({ isMarked }) => isMarked).length;
  return `there are ${records.length} VpcIPs: ${ofPods} of Pods, ${kept} static ones kept for Pods that may come back, ${marked} marked as leaked`;
}

/** @param what of them: "waiting", "refused, …" */
export function inTheWay(obstacles: readonly Obstacle[], what: string): string {
  const more = obstacles.length - SHOWN;
  return [
    `${what}:`,
    ...obstacles.slice(0, SHOWN).map(({ sentence }) => `  ${sentence}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
