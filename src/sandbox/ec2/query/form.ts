import { Ec2Error, invalidValue } from "../errors.ts";

/**
 * The parameters of one EC2 Query request. Lists are numbered from 1 (`Filter.1.Value.2`; EC2 API Reference, "Making
 * requests to the Amazon EC2 API"). What nobody asked for is an UnknownParameter, as EC2 answers it.
 */
export class Form {
  readonly #values: Map<string, string>;
  readonly #unread: Set<string>;

  constructor(body: string) {
    this.#values = new Map(new URLSearchParams(body));
    this.#unread = new Set(this.#values.keys());
  }

  text(name: string): string | undefined {
    this.#unread.delete(name);
    return this.#values.get(name);
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d+$/.test(text)) throw invalidValue(`Invalid value '${text}' for ${name}. Must be an integer`);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (text !== "true" && text !== "false") throw invalidValue(`Invalid value '${text}' for ${name}`);
    return text === "true";
  }

  /** The values of `name.1`, `name.2`, … in order; undefined where there is none. */
  texts(name: string): string[] | undefined {
    const found = this.#indexes(name).map((index) => this.text(`${name}.${index}`) ?? "");
    return found.length === 0 ? undefined : found;
  }

  /** One thing for each of `name.1`, `name.2`, …; undefined where there is none. */
  list<T>(name: string, read: (prefix: string) => T): T[] | undefined {
    const found = this.#indexes(name).map((index) => read(`${name}.${index}`));
    return found.length === 0 ? undefined : found;
  }

  requireAllRead(): void {
    const [unknown] = this.#unread;
    if (unknown !== undefined) {
      throw new Ec2Error("UnknownParameter", `The parameter ${unknown} is not recognized`);
    }
  }

  #indexes(name: string): number[] {
    const indexes = new Set<number>();
    for (const key of this.#values.keys()) {
      if (!key.startsWith(`${name}.`)) continue;
      const index = Number(key.slice(name.length + 1).split(".", 1)[0]);
      if (Number.isInteger(index)) indexes.add(index);
    }
    return [...indexes].sort((a, b) => a - b);
  }
}
