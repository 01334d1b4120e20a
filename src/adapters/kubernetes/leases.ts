import type { Lease, StoredLease } from "../../domain/objects/lease.ts";
import { SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { LeaseStore } from "../../ports/cluster.ts";
import type { Calls, RawObject } from "./calls.ts";
import { parseLease } from "./parse.ts";
import { LEASES } from "./resources.ts";
import { created, remove, replaced, stored } from "./writer.ts";

/** The node leases. Each write happens once, to exactly the version that was read, or not at all. */
export function leaseStore(calls: Calls): LeaseStore {
  const storedLease = (raw: unknown): StoredLease => stored(parseLease(raw));
  return {
    async get(name) {
      const found = await calls.get(LEASES, { namespace: SYSTEM_NAMESPACE, name });
      return found.found ? { found: true, object: parseLease(found.object) } : found;
    },
    async create(object) {
      return created(await calls.create(LEASES, SYSTEM_NAMESPACE, inSystem(object)), storedLease);
    },
    async replace(object) {
      return replaced(await calls.replace(LEASES, inSystem(object)), storedLease);
    },
    delete: (object) => remove(calls, LEASES, inSystem(object)),
  };
}

function inSystem<T extends Lease>(object: T): T & RawObject {
  const { acquireTime, renewTime } = object.spec;
  return {
    ...object,
    metadata: { ...object.metadata, namespace: SYSTEM_NAMESPACE },
    spec: {
      ...object.spec,
      ...(acquireTime && { acquireTime: microTime(acquireTime) }),
      ...(renewTime && { renewTime: microTime(renewTime) }),
    },
  };
}

/** metav1.MicroTime is read with exactly six digits of a second (apimachinery `RFC3339Micro`). */
function microTime(text: string): string {
  return text.replace(
    /(T\d\d:\d\d:\d\d)(?:\.(\d+))?/,
    (_, time: string, digits = "") => `${time}.${`${digits}000000`.slice(0, 6)}`,
  );
}
