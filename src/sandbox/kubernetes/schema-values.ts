/** Types, patterns and lengths as the validation of the API server takes them. */
import type { Schema } from "./schema.ts";

export const allowedType = (schema: Schema): string | undefined =>
  schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;

export const isOfType = (type: string, allowed: string): boolean =>
  allowed === "integer,string" ? type === "integer" || type === "string" : fits(type, allowed);

export const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
};

const fits = (actual: string, allowed: string): boolean =>
  actual === allowed || (actual === "integer" && allowed === "number");

const patterns = new Map<string, RegExp>();

export function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(pattern, "u");
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

/** Characters, not UTF-16 units: counted only where the two can differ. */
export const lengthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : [...text].length);

export const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));
