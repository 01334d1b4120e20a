/** The shapes of the simulator: objects, resources, requests and answers. Plain data, no behaviour. */

export type JsonObject = { [key: string]: unknown };

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: JsonObject[];
  managedFields?: JsonObject[];
}

/** An object as the API shows it. What the simulator hands out is frozen: copy it to change it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** field.Error of k8s.io/apimachinery/pkg/util/validation/field/errors.go. */
export interface FieldError {
  readonly type:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueTypeInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueTooLong"
    | "FieldValueTooMany";
  readonly field: string;
  readonly body: string;
}

/** One served version of a resource. */
export interface ResourceVersionDefinition {
  readonly name: string;
  readonly hasStatus: boolean;
  /** Fields a fieldSelector may name beside metadata.name and metadata.namespace, and how each is read. */
  readonly selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
  /** Drops what the schema does not know and fills defaults; answers the same object where nothing changes. */
  readonly shape?: (object: KubeObject) => ShapedObject;
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => FieldError[];
}

export interface ShapedObject {
  readonly object: KubeObject;
  readonly unknownFields: readonly string[];
}

/** What makes one kind of resource differ from another (a "strategy" of kube-apiserver's generic registry). */
export interface ResourceStrategy {
  /** Objects of a CustomResourceDefinition: items of lists carry apiVersion and kind, no strategic merge. */
  readonly custom: boolean;
  /** PUT without metadata.resourceVersion overwrites (AllowUnconditionalUpdate). */
  readonly unconditionalUpdate: boolean;
  /** PUT on a missing name creates (AllowCreateOnUpdate). */
  readonly createOnUpdate: boolean;
  /** DELETE answers with the deleted object instead of a Status (ReturnDeletedObject). */
  readonly answersDeletedObject: boolean;
  /** A write of status also takes metadata (labels, finalizers) from the request, as built-in kinds do. */
  readonly statusTakesMetadata: boolean;
  /** Names are DNS-1123 labels instead of subdomains. */
  readonly labelNames?: boolean;
  /** Message for a fieldSelector on a field that is not selectable. */
  readonly unknownFieldMessage: (label: string) => string;
  /** Turns request JSON into the stored form; throws the API's 400 where the real decoder would. */
  readonly decode?: (object: KubeObject) => KubeObject;
  readonly prepareCreate?: (object: KubeObject, now: string) => KubeObject;
  readonly prepareUpdate?: (object: KubeObject, old: KubeObject) => KubeObject;
  readonly prepareStatus?: (object: KubeObject, old: KubeObject) => KubeObject;
  readonly prepareDelete?: (object: KubeObject, now: string) => KubeObject;
  /** Seconds of graceful deletion; absent: the kind is deleted at once (CheckGracefulDelete). */
  readonly gracePeriodSeconds?: (object: KubeObject, requested: number | undefined) => number;
  /** Objects that may never be deleted, with the reason shown in the 403. */
  readonly refuseDelete?: (name: string) => string | undefined;
}

export interface ResourceDefinition {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly ResourceVersionDefinition[];
  readonly strategy: ResourceStrategy;
}

/** Header names in lower case, as node:http gives them. */
export interface ApiRequest {
  readonly method: string;
  /** Path with query, as on the request line. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text as it came over the wire, or the parsed value when there is no wire. */
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A string is plain text, anything else is JSON. */
  readonly body: unknown;
  /** Present for a watch that was accepted. */
  readonly watch?: WatchSource;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: unknown;
}

export interface WatchListener {
  readonly event: (event: WatchEvent) => void;
  /** The server ends the stream (restore, CRD gone, server stopped). */
  readonly end: () => void;
}

export interface WatchSource {
  /** Sends what is due at once, then each change at its instant. */
  readonly start: (listener: WatchListener) => WatchSubscription;
  /** `timeoutSeconds` of the request; keeping the time is the caller's business. */
  readonly timeoutSeconds: number | undefined;
}

export interface WatchSubscription {
  readonly stop: () => void;
  /** Tells the client how far it has seen, if it asked for bookmarks. The real server does so each minute. */
  readonly bookmark: () => void;
}

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: ResourceDefinition;
  readonly revision: number;
  /** After the change; for DELETED the last state, with the resourceVersion of the deletion. */
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
}
