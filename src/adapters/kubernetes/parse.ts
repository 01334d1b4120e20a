import type * as z from "zod";
import { lease, type StoredLease } from "../../domain/objects/lease.ts";
import type { ObjectMeta, Parsed, Stored } from "../../domain/objects/metadata.ts";
import { nodeENIConfig, type StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import { type StoredVpcIP, vpcIP } from "../../domain/objects/vpcip.ts";
import { type StoredVpcIPClaim, vpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { readOnce } from "./read-once.ts";

export const parseVpcIP = readOnce((raw: unknown): Parsed<StoredVpcIP> => parseStored(vpcIP, raw));
export const parseVpcIPClaim = readOnce(
  (raw: unknown): Parsed<StoredVpcIPClaim> => parseStored(vpcIPClaim, raw),
);
export const parseNodeENIConfig = readOnce(
  (raw: unknown): Parsed<StoredNodeENIConfig> => parseStored(nodeENIConfig, raw),
);
export const parseLease = readOnce((raw: unknown): Parsed<StoredLease> => parseStored(lease, raw));

/** Reads an object that the API server gave. A shape that the schema doesn't know makes it unreadable: then nothing is known of it (H20). */
export function parseStored<T extends { metadata: ObjectMeta }>(
  schema: z.ZodType<T>,
  raw: unknown,
): Parsed<Stored<T>> {
  const parsed = schema.safeParse(withoutManagedFields(raw));
  if (!parsed.success)
    return { readable: false, name: nameOf(raw) ?? "(no name)", why: reasons(parsed.error), raw };
  const { metadata } = parsed.data;
  for (const field of ["uid", "resourceVersion"] as const) {
    if (!metadata[field])
      return { readable: false, name: nameOf(raw) ?? metadata.name, why: `metadata.${field}: missing`, raw };
  }
  return { readable: true, object: parsed.data as Stored<T> };
}

/** The first places that don't fit, as `spec.leak.cause: Invalid option`. */
export function reasons(error: z.ZodError): string {
  const told = error.issues.slice(0, 3).map(({ path, message }) => `${pathText(path)}: ${message}`);
  const more = error.issues.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** `["status", "podIPs", 1, "ip"]` as `status.podIPs[1].ip`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${String(step)}`))
    .join("");
}

/** They are half of an object's size, nothing reads them, and a PUT without them leaves them as they are. */
function withoutManagedFields(raw: unknown): unknown {
  const metadata = (raw as { metadata?: object } | null)?.metadata;
  if (metadata === undefined || metadata === null || !("managedFields" in metadata)) return raw;
  const { managedFields: _, ...rest } = metadata;
  return { ...(raw as object), metadata: rest };
}

/** `namespace/name`, or the name alone of what has no namespace. */
export function nameOf(raw: unknown): string | undefined {
  const metadata = (raw as { metadata?: { name?: unknown; namespace?: unknown } } | null)?.metadata;
  if (typeof metadata?.name !== "string") return undefined;
  return typeof metadata.namespace === "string" ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}
