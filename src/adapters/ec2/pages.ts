import { CloudError } from "../../ports/cloud.ts";

export interface Page<T> {
  /** Undefined where the answer lacks its list: that is no empty list. */
  readonly items: readonly T[] | undefined;
  readonly nextToken: string | undefined;
}

/**
 * All items of all pages, or an error (EC2 Developer Guide, "Pagination": a page may be short or empty, only a missing
 * token ends the list).
 */
export async function allPages<T>(
  action: string,
  read: (token: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const { items, nextToken } = await read(token);
    if (items === undefined) throw new CloudError("unreadable", `EC2 ${action}: an answer lacks its list`);
    for (const item of items) all.push(item);
    if (nextToken === undefined || nextToken === "") return all;
    if (seen.has(nextToken))
      throw new CloudError("unreadable", `EC2 ${action}: the same NextToken came twice, the list has no end`);
    seen.add(nextToken);
    token = nextToken;
  }
}

/** EC2 takes at most so many values of a filter (EC2 API reference, Filter). */
export const FILTER_VALUES = 200;

export function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
