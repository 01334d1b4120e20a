import { afterAll, expect, test } from "@jest/globals";

/** Why a peer is wrong where it differs from a sentence. */
export interface Difference {
  /** What the peer does instead. */
  readonly does: string;
  /** The page that says who is right. */
  readonly page: string;
}

/** By the sentence, word for word. */
export type Differences = Readonly<Record<string, Difference>>;

/** A test whose name is the sentence that it holds a peer to. */
export type Sentence = (name: string, body: () => Promise<void>) => void;

/**
 * Tests of sentences, for one peer. Where it is known to differ the test fails as soon as it doesn't any more, so that the list
 * stays true; so it does where the list names a sentence that nobody says.
 */
export function sentences(differences: Differences): Sentence {
  const unsaid = new Set(Object.keys(differences));
  afterAll(() => {
    expect([...unsaid]).toEqual([]);
  });
  return (name, body) => {
    unsaid.delete(name);
    const difference = differences[name];
    if (difference === undefined) test(name, body, 30_000);
    else test.failing(`${name} (it does not: ${difference.does})`, body, 30_000);
  };
}
