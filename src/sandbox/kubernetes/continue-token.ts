/** Continue tokens: k8s.io/apiserver/pkg/storage/continue.go. Opaque to clients; the form is the real one. */
import { isObject } from "./json.ts";
import { badRequest } from "./status.ts";

/** In a token: go on at the latest revision, giving up consistency. */
export const latestRevision = -1;

export const encodeContinue = (revision: number, start: string): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `/${start}` })).toString(
    "base64url",
  );

export function decodeContinue(token: string): { revision: number; start: string } {
  const decoded = parsed(token);
  if (decoded["v"] !== "meta.k8s.io/v1") {
    throw refused(
      `continue key is not valid: server does not recognize this encoded version ${decoded["v"]}`,
    );
  }
  const { rv, start } = decoded;
  if (typeof rv !== "number" || rv === 0) {
    throw refused(
      "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
    );
  }
  if (typeof start !== "string" || start === "") {
    throw refused("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)");
  }
  return { revision: rv, start: start.replace(/^\//, "") };
}

function parsed(token: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (isObject(value)) return value;
  } catch {
    // Told below: whatever is wrong with a token, the answer is the same.
  }
  throw refused("continue key is not valid: not a token of this server");
}

const refused = (why: string): Error => badRequest(`invalid continue token: ${why}`);
