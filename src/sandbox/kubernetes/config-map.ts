/** v1 ConfigMap: ValidateConfigMap of pkg/apis/core/validation/validation.go of Kubernetes. */
import { isObject } from "./json.ts";
import { invalidValue } from "./status.ts";
import type { FieldError, KubeObject } from "./types.ts";

/** IsConfigMapKey of k8s.io/apimachinery/pkg/util/validation/validation.go. */
const KEY = /^[-._a-zA-Z0-9]+$/;

export function configMapErrors(object: KubeObject): FieldError[] {
  return ["data", "binaryData"].flatMap((field) => {
    const entries = object[field];
    if (!isObject(entries)) return [];
    return Object.keys(entries)
      .filter((key) => !KEY.test(key))
      .map((key) =>
        invalidValue(
          `${field}[${key}]`,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ),
      );
  });
}
