import * as z from "zod";
import type { ObjectKey, Resource } from "./resources.ts";
import type { Answer } from "./wire.ts";

/** metav1.Status: how the API server, and nobody on the way to it, says no (Kubernetes API reference, "Status"). */
const status = z.looseObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("Status"),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z
    .looseObject({ name: z.string().optional(), group: z.string().optional(), kind: z.string().optional() })
    .nullish(),
});
export type Status = z.infer<typeof status>;

export function statusOf(answer: Answer): Status | undefined {
  const parsed = status.safeParse(answer.body);
  return parsed.success ? parsed.data : undefined;
}

/** Whether the answer says that this very object isn't there: not its resource, its namespace, or a page on the way (H05). */
export function saysNotFound(answer: Answer, resource: Resource, key: ObjectKey): boolean {
  const said = answer.status === 404 ? statusOf(answer) : undefined;
  return (
    said?.reason === "NotFound" &&
    said.details?.name === key.name &&
    said.details.kind === resource.plural &&
    (said.details.group ?? "") === resource.group
  );
}

export const saysConflict = (answer: Answer): boolean =>
  answer.status === 409 && statusOf(answer)?.reason === "Conflict";

export const saysAlreadyExists = (answer: Answer): boolean =>
  answer.status === 409 && statusOf(answer)?.reason === "AlreadyExists";

/** The snapshot that a continue token names is no longer kept (Kubernetes API concepts, "Retrieving large results sets in chunks"). */
export const saysExpired = (answer: Answer): boolean =>
  answer.status === 410 && statusOf(answer) !== undefined;
