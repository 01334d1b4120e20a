import type { Filter } from "@aws-sdk/client-ec2";
import { Ec2Error, invalidValue } from "./errors.ts";
import type { Tag } from "./records.ts";

/** What a filter looks at: the values a row has under the filter's name. */
export type FilterFields<T> = Readonly<Record<string, (row: T) => readonly string[]>>;

/**
 * EC2 User Guide, "Find your Amazon EC2 resources" (Using_Filtering): up to 50 filters and up to 200 values a filter;
 * the values of one are joined by OR, the filters by AND; `*` and `?` are wildcards, `\` escapes; values are
 * case-sensitive.
 */
const MAXIMUM_FILTERS = 50;
const MAXIMUM_VALUES = 200;

/** One test for all filters. An unknown name is InvalidParameterValue, "The filter 'x' is invalid" (recorded answer of DescribeInstances). */
export function compileFilters<T extends { readonly tags: readonly Tag[] }>(
  filters: readonly Filter[],
  fields: FilterFields<T>,
): (row: T) => boolean {
  if (
    filters.length > MAXIMUM_FILTERS ||
    filters.some(({ Values }) => (Values?.length ?? 0) > MAXIMUM_VALUES)
  ) {
    throw new Ec2Error("FilterLimitExceeded", "The request uses too many filters or too many filter values.");
  }
  const tests = filters.map(({ Name = "", Values = [] }) => {
    const read = fieldOf(Name, fields);
    const matches = matcher(Values);
    return (row: T) => read(row).some(matches);
  });
  return (row) => tests.every((test) => test(row));
}

function fieldOf<T extends { readonly tags: readonly Tag[] }>(
  name: string,
  fields: FilterFields<T>,
): (row: T) => readonly string[] {
  if (name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    return ({ tags }) => tags.filter((tag) => tag.key === key).map(({ value }) => value);
  }
  if (name === "tag-key") return ({ tags }) => tags.map(({ key }) => key);
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw invalidValue(`The filter '${name}' is invalid`);
  return field;
}

function matcher(values: readonly string[]): (text: string) => boolean {
  if (values.every((value) => !hasWildcard(value))) {
    const exact = new Set(values);
    return (text) => exact.has(text);
  }
  const patterns = values.map(pattern);
  return (text) => patterns.some((one) => one.test(text));
}

/** The values of a filter where all are plain: an index can then be used instead of looking at every row. */
export function exactValues(filters: readonly Filter[], name: string): readonly string[] | undefined {
  const values = filters.find((filter) => filter.Name === name)?.Values;
  return values?.every((value) => !hasWildcard(value)) ? values : undefined;
}

function hasWildcard(value: string): boolean {
  return /[*?\\]/.test(value);
}

function pattern(value: string): RegExp {
  const source = value.replace(/\\(.)|([\s\S])/g, (_whole, escaped?: string, plain?: string) => {
    if (plain === "*") return "[\\s\\S]*";
    if (plain === "?") return "[\\s\\S]";
    return (escaped ?? plain ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}
