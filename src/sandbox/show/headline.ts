import { wrapped } from "../../cli/output/wrap.ts";
import type { Run, RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { shortSpan, span } from "./span.ts";
import { counted, number } from "./words.ts";

/** What happened, in two sentences. */
export function headline(
  { report, virtualSeconds, realMilliseconds }: Run,
  layout: Layout,
): readonly string[] {
  const { wronglyReleased, stillLeaked, interfaces, addresses } = report;
  const isRight = wronglyReleased.length + stillLeaked.length === 0;
  const colour = isRight ? layout.paint.green : layout.paint.red;
  const outcome = `${givenBack(report)}, ${number(wronglyReleased.length)} wrongly released, ${number(stillLeaked.length)} still leaked${heldBack(report)}.`;
  const scene = `${counted(interfaces, "interface")} with ${counted(addresses, "secondary address", "secondary addresses")}; ${span(virtualSeconds)} of the sandbox's time passed in ${shortSpan(realMilliseconds)}.`;
  return [
    ...wrapped(outcome, layout.width).map((line) => layout.paint.bold(colour(line))),
    ...wrapped(scene, layout.width),
  ];
}

function givenBack({ released, orphansDeleted }: RunReport): string {
  if (released.length + orphansDeleted.length === 0) return "Nothing given back";
  const parts = [
    ...(released.length === 0 ? [] : [counted(addressesOf(released), "leaked address", "leaked addresses")]),
    ...(orphansDeleted.length === 0 ? [] : [counted(orphansDeleted.length, "orphan interface")]),
  ];
  return `${parts.join(" and ")} given back`;
}

/** A prefix is given back as a whole: a /28 is 16 addresses. */
function addressesOf(released: RunReport["released"]): number {
  return released.reduce((sum, { address }) => sum + (address.includes("/") ? 16 : 1), 0);
}

function heldBack({ heldBack: held }: RunReport): string {
  return held.length === 0 ? "" : `; ${counted(held.length, "leak")} held back, with a reason`;
}
