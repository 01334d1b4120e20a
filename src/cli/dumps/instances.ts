import { type InstanceState, instanceStateOf, type NetworkInterface } from "../../domain/evidence.ts";

export type ReadInstance =
  | { readonly readable: true; readonly object: { readonly id: string; readonly state: InstanceState } }
  | { readonly readable: false; readonly path: string; readonly why: string };

/** An instance as `aws ec2 describe-instances` prints it (EC2 API reference, Instance and InstanceState). */
export function readInstance(raw: unknown): ReadInstance {
  const fields = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const id = fields["InstanceId"];
  if (typeof id !== "string" || id === "") return { readable: false, path: "InstanceId", why: "is missing" };
  const name = (fields["State"] as Record<string, unknown> | null | undefined)?.["Name"];
  if (typeof name !== "string") return { readable: false, path: "State.Name", why: "is missing" };
  return { readable: true, object: { id, state: instanceStateOf(name) } };
}

/**
 * The state of each instance that the dumps name. One that describe-instances doesn't list is `not-found` only where the
 * list holds every instance that has an interface here: else it was filtered, and nothing is known.
 */
export function instanceStates(
  listed: ReadonlyMap<string, InstanceState>,
  named: Iterable<string>,
  interfaces: readonly NetworkInterface[],
): { readonly states: ReadonlyMap<string, InstanceState>; readonly missing: readonly string[] } {
  const missing = new Set<string>();
  for (const { attachment } of interfaces)
    if (attachment?.instanceID !== undefined && !listed.has(attachment.instanceID))
      missing.add(attachment.instanceID);
  const states = new Map<string, InstanceState>(listed);
  for (const instanceID of named)
    if (!states.has(instanceID) && !missing.has(instanceID))
      states.set(instanceID, missing.size === 0 ? "not-found" : "unknown");
  return { states, missing: [...missing] };
}
