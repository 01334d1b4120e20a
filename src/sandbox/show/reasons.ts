import type { KeptAddress } from "../engine/report.ts";

/** Addresses with one reason, on one node where those are few. */
export interface ReasonGroup {
  readonly reason: string;
  /** A node's name, or how many nodes. */
  readonly where: string;
  readonly addresses: readonly string[];
  /** What the judgement adds, where it is one and the same. */
  readonly detail: string | undefined;
}

/** Nodes of one reason that get a row each; more are counted together. */
const NODES = 4;

/** Groups by reason and node: few addresses first, as one alone tells more than a hundred of a kind. */
export function groupedByReason(
  rows: readonly KeptAddress[],
  isPlain: (reason: string) => boolean,
): readonly ReasonGroup[] {
  return [...Map.groupBy(rows, ({ reason }) => reason)]
    .sort(([, a], [, b]) => a.length - b.length)
    .flatMap(([reason, same]) => {
      const byNode = [...Map.groupBy(same, ({ node }) => node)];
      if (byNode.length > 1 && (isPlain(reason) || byNode.length > NODES)) {
        return [group(reason, `${byNode.length} nodes`, same)];
      }
      return byNode.map(([node, rowsOfNode]) => group(reason, node === "" ? "-" : node, rowsOfNode));
    });
}

function group(reason: string, where: string, rows: readonly KeptAddress[]): ReasonGroup {
  const details = new Set(rows.map(({ detail }) => detail));
  const [detail] = details;
  return {
    reason,
    where,
    addresses: rows.map(({ address }) => address),
    detail: details.size === 1 ? detail : undefined,
  };
}
