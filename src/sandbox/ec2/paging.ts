import { invalidCombination, invalidValue } from "./errors.ts";

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface PageRules {
  readonly minimum: number;
  readonly maximum: number;
  /** The resource IDs of the request, and the name of their parameter. */
  readonly ids: readonly string[];
  readonly idsName: string;
  /** What the token belongs to: the action and its filters. */
  readonly scope: string;
}

export interface Page<T> {
  readonly rows: T[];
  readonly nextToken: string | undefined;
}

/**
 * EC2 API Reference, "Pagination" (Query-Requests) and the MaxResults notes of each action: 5 to 1,000 items, not
 * together with resource IDs; the token is opaque. The messages of the bounds follow recorded answers
 * ("Value ( 3 ) for parameter maxResults is invalid. Expecting a value greater than 5.").
 */
export function checkPage({ MaxResults, NextToken }: PageRequest, rules: PageRules): number | undefined {
  if (rules.ids.length > 0 && (MaxResults !== undefined || NextToken !== undefined)) {
    throw invalidCombination(
      `The parameter ${rules.idsName} cannot be used with the parameter ${MaxResults === undefined ? "NextToken" : "MaxResults"}`,
    );
  }
  const bad = (bound: string) =>
    invalidValue(`Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${bound}.`);
  if (MaxResults !== undefined && MaxResults < rules.minimum) throw bad(`greater than ${rules.minimum}`);
  if (MaxResults !== undefined && MaxResults > rules.maximum) throw bad(`smaller than ${rules.maximum}`);
  return NextToken === undefined ? undefined : readToken(NextToken, rules.scope);
}

/**
 * Takes a page out of rows in the order of creation. Rows that come or go between two pages neither move nor hide
 * others: the token holds the last row's place, not a count.
 *
 * `keptShare` below 1 makes a page shorter than asked for, even empty, with a token: EC2 may do so ("the number of
 * items returned might be fewer"), and a reader must go on until there is no token.
 */
export function cutPage<T extends { readonly sequence: number }>(
  rows: readonly T[],
  request: PageRequest,
  rules: PageRules,
  keptShare = 1,
): Page<T> {
  const after = checkPage(request, rules);
  const isPaged = request.MaxResults !== undefined || request.NextToken !== undefined;
  if (!isPaged) return { rows: [...rows], nextToken: undefined };
  const rest = after === undefined ? rows : rows.slice(firstAfter(rows, after));
  const limit = Math.floor((request.MaxResults ?? rules.maximum) * keptShare);
  const page = rest.slice(0, limit);
  if (page.length === rest.length) return { rows: page, nextToken: undefined };
  return { rows: page, nextToken: token(page.at(-1)?.sequence ?? after ?? 0, rules.scope) };
}

function firstAfter(rows: readonly { readonly sequence: number }[], sequence: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function token(sequence: number, scope: string): string {
  return Buffer.from(`${sequence}\n${scope}`).toString("base64");
}

/** The code and message are those of recorded DescribeInstances answers; that a token of another query is refused alike is unverified. */
function readToken(text: string, scope: string): number {
  const decoded = Buffer.from(text, "base64").toString();
  const line = decoded.indexOf("\n");
  const sequence = Number(decoded.slice(0, line));
  if (line < 1 || !Number.isInteger(sequence) || decoded.slice(line + 1) !== scope) {
    throw invalidValue("Unable to parse pagination token");
  }
  return sequence;
}
