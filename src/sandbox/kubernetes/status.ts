/**
 * Status errors, worded as k8s.io/apimachinery/pkg/api/errors/errors.go and
 * k8s.io/apimachinery/pkg/util/validation/field/errors.go word them.
 */
import type { FieldError, GroupResource } from "./types.ts";

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** The one exception of the core: carries the answer of a refused request up to `handle`, which returns it. */
export class ApiError extends Error {
  readonly status: Status;
  constructor(code: number, reason: string | undefined, message: string, details?: StatusDetails) {
    // Nobody reads where a refusal was made, and to find that out costs more than all the rest of it.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.name = "ApiError";
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

const qualified = (of: GroupResource): string =>
  of.group === "" ? of.resource : `${of.resource}.${of.group}`;

const detailsOf = (of: GroupResource, name: string): StatusDetails => ({
  ...(name === "" ? {} : { name }),
  ...(of.group === "" ? {} : { group: of.group }),
  kind: of.resource,
});

export const notFound = (of: GroupResource, name: string): ApiError =>
  new ApiError(404, "NotFound", `${qualified(of)} "${name}" not found`, detailsOf(of, name));

export const alreadyExists = (of: GroupResource, name: string, isBeingDeleted = false): ApiError =>
  new ApiError(
    409,
    "AlreadyExists",
    `${isBeingDeleted ? "object is being deleted: " : ""}${qualified(of)} "${name}" already exists`,
    detailsOf(of, name),
  );

export const conflict = (of: GroupResource, name: string, why: string): ApiError =>
  new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
    detailsOf(of, name),
  );

/** OptimisticLockErrorMsg of k8s.io/apiserver/pkg/registry/generic/registry/store.go. */
export const modified = (of: GroupResource, name: string): ApiError =>
  conflict(
    of,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );

export function invalid(of: GroupResource, name: string, errors: readonly FieldError[]): ApiError {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.body}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new ApiError(422, "Invalid", `${qualified(of)} "${name}" is invalid: ${list}`, {
    ...detailsOf(of, name),
    causes: errors.map((error) => ({ reason: error.type, message: error.body, field: error.field })),
  });
}

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);

export const forbidden = (
  of: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): ApiError =>
  new ApiError(
    403,
    "Forbidden",
    name === "" ? `${qualified(of)} is forbidden: ${why}` : `${qualified(of)} "${name}" is forbidden: ${why}`,
    { ...detailsOf(of, name), ...(causes === undefined ? {} : { causes }) },
  );

export const expired = (message: string): ApiError => new ApiError(410, "Expired", message);

export const unauthorized = (): ApiError => new ApiError(401, "Unauthorized", "Unauthorized");

export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );

export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

/** NewTooLargeResourceVersionError of k8s.io/apiserver/pkg/storage/errors.go. */
export const tooLargeResourceVersion = (asked: number, current: number): ApiError =>
  new ApiError(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });

export const success = (details: StatusDetails): Status => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Success",
  details,
});

const shown = (value: unknown): string => JSON.stringify(value) ?? "null";
const detail = (text: string): string => (text === "" ? "" : `: ${text}`);

export const required = (field: string, text = ""): FieldError => ({
  type: "FieldValueRequired",
  field,
  body: `Required value${detail(text)}`,
});
export const invalidValue = (field: string, value: unknown, text: string): FieldError => ({
  type: "FieldValueInvalid",
  field,
  body: `Invalid value: ${shown(value)}: ${text}`,
});
export const wrongType = (field: string, value: unknown, text: string): FieldError => ({
  type: "FieldValueTypeInvalid",
  field,
  body: `Invalid value: ${shown(value)}: ${text}`,
});
export const unsupported = (field: string, value: unknown, allowed: readonly unknown[]): FieldError => ({
  type: "FieldValueNotSupported",
  field,
  body: `Unsupported value: ${shown(value)}: supported values: ${allowed.map((item) => shown(typeof item === "string" ? item : shown(item))).join(", ")}`,
});
export const forbiddenField = (field: string, text: string): FieldError => ({
  type: "FieldValueForbidden",
  field,
  body: `Forbidden: ${text}`,
});
export const duplicate = (field: string, value: unknown): FieldError => ({
  type: "FieldValueDuplicate",
  field,
  body: `Duplicate value: ${shown(value)}`,
});
export const tooLong = (field: string, max: number): FieldError => ({
  type: "FieldValueTooLong",
  field,
  body: `Too long: may not be more than ${max} ${max === 1 ? "byte" : "bytes"}`,
});
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: "FieldValueTooMany",
  field,
  body: `Too many: ${actual}: must have at most ${max} ${max === 1 ? "item" : "items"}`,
});
