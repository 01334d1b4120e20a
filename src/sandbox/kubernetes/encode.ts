/** JSON text of answers. Objects of the store never change, so the text of each is made once. */
import { isObject } from "./json.ts";

const texts = new WeakMap<object, string>();

function textOf(value: unknown): string {
  if (!isObject(value) || !Object.isFrozen(value)) return JSON.stringify(value) ?? "null";
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

export function encodeBody(body: unknown): string {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  if (
    isObject(body) &&
    Array.isArray(body["items"]) &&
    body["kind"] !== undefined &&
    !Object.isFrozen(body)
  ) {
    const { items, ...head } = body;
    const list = (items as unknown[]).map(textOf).join(",");
    return `${JSON.stringify(head).slice(0, -1)},"items":[${list}]}`;
  }
  return textOf(body);
}

/** One line of a watch stream. */
export const encodeEvent = ({ type, object }: { type: string; object: unknown }): string =>
  `{"type":"${type}","object":${textOf(object)}}\n`;
