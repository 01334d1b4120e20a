/** coordination.k8s.io/v1 Lease: pkg/apis/coordination/validation/validation.go of Kubernetes. */
import { isObject, valueAt } from "./json.ts";
import { badRequest, invalidValue } from "./status.ts";
import type { FieldError, KubeObject } from "./types.ts";

/**
 * MicroTime takes six digits of fraction and no fewer or more, and is stored in UTC
 * (k8s.io/apimachinery/pkg/apis/meta/v1/micro_time.go, RFC3339Micro).
 */
export function decodeLease(object: KubeObject): KubeObject {
  // Spec is no pointer in Go: it is there whatever was sent.
  const spec = object["spec"] ?? {};
  if (!isObject(spec)) return object;
  const times = Object.fromEntries(
    ["acquireTime", "renewTime"]
      .filter((field) => spec[field] !== undefined && spec[field] !== null)
      .map((field) => [field, microTime(spec[field])]),
  );
  if (spec["holderIdentity"] !== undefined && typeof spec["holderIdentity"] !== "string") {
    const kind = typeof spec["holderIdentity"] === "boolean" ? "bool" : typeof spec["holderIdentity"];
    throw unreadable(
      `json: cannot unmarshal ${kind} into Go struct field LeaseSpec.spec.holderIdentity of type string`,
    );
  }
  return { ...object, spec: { ...spec, ...times } };
}

function microTime(value: unknown): string {
  const text = String(value);
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})(Z|[+-]\d\d:\d\d)$/.exec(text);
  const epochMs = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || Number.isNaN(epochMs)) {
    throw unreadable(`parsing time "${text}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse`);
  }
  return `${new Date(epochMs).toISOString().slice(0, 19)}.${match[2]}Z`;
}

const unreadable = (why: string): Error =>
  badRequest(`Lease in version "v1" cannot be handled as a Lease: ${why}`);

export function leaseErrors(object: KubeObject): FieldError[] {
  const duration = valueAt(object, ["spec", "leaseDurationSeconds"]);
  const transitions = valueAt(object, ["spec", "leaseTransitions"]);
  return [
    ...(typeof duration === "number" && duration <= 0
      ? [invalidValue("spec.leaseDurationSeconds", duration, "must be greater than 0")]
      : []),
    ...(typeof transitions === "number" && transitions < 0
      ? [invalidValue("spec.leaseTransitions", transitions, "must be greater than or equal to 0")]
      : []),
  ];
}
