import { wrapped } from "../../cli/output/wrap.ts";
import type { RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { counted, number } from "./words.ts";

/** How many EC2 and Kubernetes calls the functions made. */
export function calls({ calls: { ec2, kubernetes } }: RunReport, layout: Layout): readonly string[] {
  return [
    "",
    layout.paint.bold("Calls"),
    ...line("EC2", ec2, layout),
    ...line("Kubernetes", kubernetes, layout),
  ];
}

function line(
  whom: string,
  counts: Readonly<Record<string, number>>,
  { width, paint }: Layout,
): readonly string[] {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const head = `  ${whom.padEnd(10)}  ${number(total).padStart(6)}  `;
  const each = sorted.map(([name, count]) => `${name} ${number(count)}`).join(", ");
  return wrapped(total === 0 ? counted(0, "call") : each, width - head.length).map(
    (text, index) => (index === 0 ? head : " ".repeat(head.length)) + paint.dim(text),
  );
}
