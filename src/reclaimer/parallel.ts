/**
 * Runs `work` for each item, at most `limit` at once. One that fails fails alone: its error comes back in its place.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly Settled<T, R>[]> {
  const results = new Array<Settled<T, R>>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index] as T;
      results[index] = await work(item).then(
        (value): Settled<T, R> => ({ item, ok: true, value }),
        (error: unknown): Settled<T, R> => ({ item, ok: false, error }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

export type Settled<T, R> =
  | { readonly item: T; readonly ok: true; readonly value: R }
  | { readonly item: T; readonly ok: false; readonly error: unknown };

export interface Failure {
  readonly subject: string;
  readonly why: string;
}

/** What failed, for people: each with its name and its error. */
export function failuresOf<T>(
  results: readonly Settled<T, unknown>[],
  subjectOf: (item: T) => string,
): readonly Failure[] {
  return results.flatMap((result) =>
    result.ok ? [] : [{ subject: subjectOf(result.item), why: messageOf(result.error) }],
  );
}

/** An error's message with those of its causes: what a person needs to see of it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
