/**
 * EC2's XML, built as text. Element names are those of the EC2 API Reference, "Response Elements" and data types; the
 * nesting is that of boto/botocore `tests/unit/response_parsing/xml`.
 */
export function escapeXml(text: string): string {
  if (!/[&<>"'\r]/.test(text)) return text;
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An element; nothing where there is no value. */
export function element(name: string, value: string | number | boolean | Date | undefined): string {
  if (value === undefined) return "";
  const text = value instanceof Date ? value.toISOString() : escapeXml(String(value));
  return text === "" ? `<${name}/>` : `<${name}>${text}</${name}>`;
}

/** A list; `<name/>` where it is empty, nothing where it is absent. */
export function set<T>(name: string, items: readonly T[] | undefined, render: (item: T) => string): string {
  if (items === undefined) return "";
  if (items.length === 0) return `<${name}/>`;
  let text = `<${name}>`;
  for (const item of items) text += `<item>${render(item)}</item>`;
  return `${text}</${name}>`;
}

/** A structure; nothing where it is absent. */
export function structure<T>(name: string, value: T | undefined, render: (value: T) => string): string {
  return value === undefined ? "" : `<${name}>${render(value)}</${name}>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function responseDocument(action: string, requestID: string, inner: string): string {
  return `${HEAD}<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestID}</requestId>${inner}</${action}Response>`;
}

/** boto/botocore `tests/unit/response_parsing/xml/errors/ec2-describe-instances.xml`. */
export function errorDocument(code: string, message: string, requestID: string): string {
  return `${HEAD}<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestID}</RequestID></Response>`;
}
