/**
 * A Kubernetes API server in memory, for the sandbox, for tests and for simulations. It behaves like
 * kube-apiserver 1.34 as far as its contract suite (test/contract/kubernetes.ts) goes; what it leaves out is
 * said in the file that leaves it out.
 */
export type { Access, AccessRule } from "./access.ts";
export type { Call, CallCount, CallVerb } from "./calls.ts";
export type { Delivery, Sleep } from "./delivery.ts";
export { encodeBody, encodeEvent } from "./encode.ts";
export type { Fault, FaultEffect, FaultMatch } from "./faults.ts";
export { mutableCopy } from "./json.ts";
export type { Staleness } from "./read.ts";
export {
  type ChangeListener,
  KubernetesSimulator,
  type Seed,
  type SimulatorOptions,
  type SimulatorSnapshot,
} from "./simulator.ts";
export type {
  ApiAnswer,
  ApiRequest,
  Change,
  KubeObject,
  ObjectMeta,
  WatchEvent,
  WatchListener,
} from "./types.ts";
