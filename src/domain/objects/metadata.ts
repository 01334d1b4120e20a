import * as z from "zod";

/** RFC 3339, as metav1.Time (whole seconds) and metav1.MicroTime (microseconds) print it. */
export const timestamp = z.iso.datetime({ offset: true });

/** Texts of bounded length: the API server counts on the bound when it prices a CEL rule. */
export const text = (limit: number) => z.string().min(1).max(limit);

/** An IPv4 address in its canonical text form. What isn't canonical is an unknown shape, never a guess. */
export const addressText = z
  .string()
  .max(15)
  .regex(
    /^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$/,
  );

export const interfaceID = text(32);
export const instanceID = text(32);
export const subnetID = text(32);
/** Names of nodes, Pods and claims are DNS subdomains (RFC 1123, as Kubernetes "Object Names and IDs" has it). */
export const subdomain = text(253);
export const podUID = text(64);
export const containerID = text(128);
/** A holder identity, a run or a request: whatever is unique. */
export const identity = text(253);

/** The part of metav1.ObjectMeta that we read. Everything else passes through untouched. */
export const objectMeta = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: timestamp.optional(),
  deletionTimestamp: timestamp.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  finalizers: z.array(z.string()).optional(),
});

export type ObjectMeta = z.infer<typeof objectMeta>;

/** metav1.Condition (Kubernetes API conventions, "Typical status properties"). */
export const condition = z.strictObject({
  type: z.string().min(1).max(316),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string().min(1).max(1024),
  message: z.string().max(32768),
  lastTransitionTime: timestamp,
  observedGeneration: z.int().min(0).optional(),
});

/** An object as the API server gave it: what a precondition needs is there. */
export type Stored<T extends { metadata: ObjectMeta }> = T & {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
};

/** An object of a list: read, or of a shape that we don't know (a pruned field, a newer version): then nothing is known of it. */
export type Parsed<T> =
  | { readonly readable: true; readonly object: T }
  | {
      readonly readable: false;
      readonly name: string;
      readonly why: string;
      /** As it came, where whoever read it kept that. */
      readonly raw?: unknown;
    };
