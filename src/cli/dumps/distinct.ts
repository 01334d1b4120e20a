import { createHash } from "node:crypto";
import { Problem } from "../world.ts";
import type { Found } from "./sources.ts";

/**
 * Objects by identity. Pages overlap and files are given twice: what is the same counts once; two different states of one
 * object are two moments, and no plan rests on two moments.
 */
export class Distinct<T> {
  readonly #seen = new Map<
    string,
    { readonly object: T; readonly digest: string; readonly source: string }
  >();

  add(identity: string, called: string, found: Found, object: T): void {
    const digest = createHash("sha256").update(JSON.stringify(found.raw)).digest("base64");
    const before = this.#seen.get(identity);
    if (before === undefined) this.#seen.set(identity, { object, digest, source: found.source });
    else if (before.digest !== digest)
      throw new Problem(
        `${found.source}: ${found.path === "" ? "" : `${found.path}: `}${called} is also in ${before.source}, with different content: the dumps are of two moments; take all pages at once, or give one of them`,
      );
  }

  all(): readonly T[] {
    return [...this.#seen.values()].map(({ object }) => object);
  }
}
