import type { Allowed } from "./allowed.ts";
import type { Finding } from "./linters.ts";

/** What is found and not allowed, and what is allowed and not found, in lines for people; how many lines are wrong. */
export function judged(
  findings: readonly Finding[],
  allowed: readonly Allowed[],
): { readonly wrong: number; readonly lines: readonly string[] } {
  const isMeant = ({ issue, where }: Allowed, finding: Finding): boolean =>
    finding.issue === issue && where.some((part) => finding.says.includes(part));
  const left = findings.filter((finding) => !allowed.some((one) => isMeant(one, finding)));
  const stale = allowed.flatMap((one) =>
    one.where
      .filter((part) => !findings.some((finding) => isMeant({ ...one, where: [part] }, finding)))
      .map((part) => `allowed.ts: ${one.issue} at ${part} is not found any more: take it out`),
  );
  const lines = [
    ...left.map(({ linter, issue, says }) => `${linter} ${issue}: ${shortened(says)}`),
    ...stale,
  ];
  return { wrong: lines.length, lines: [...new Set(lines)] };
}

/** cfn-lint names every action that there is where one isn't. */
const LONGEST = 300;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
