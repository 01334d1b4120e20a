import type { VpcIPLabels } from "../../domain/evidence.ts";
import type { ObjectMeta } from "../../domain/objects/metadata.ts";
import { LABEL, labelValue, saysKeep } from "../../domain/objects/names.ts";
import { stateOf, type VpcIP } from "../../domain/objects/vpcip.ts";

const MIRROR = {
  node: LABEL.node,
  instance: LABEL.instance,
  interface: LABEL.interface,
  state: LABEL.state,
  podUID: LABEL.podUID,
  markedAt: LABEL.markedAt,
  bound: LABEL.bound,
} as const;

/**
 * The VpcIP with the labels that mirror its spec, so that the two are always written together. That a claim is retained is
 * not in the spec: whoever writes says so by the state label `Retained`, which holds as long as the spec says nothing else.
 */
export function withMirror<T extends VpcIP>(object: T): T {
  const { spec, metadata } = object;
  const mirrored = {
    node: spec.nodeName,
    instance: spec.instanceID,
    interface: spec.interfaceID,
    state: stateOf(spec, spec.claim !== undefined && metadata.labels?.[LABEL.state] === "Retained"),
    podUID: spec.claim?.podUID,
    markedAt: spec.leak && String(Math.ceil(Date.parse(spec.leak.firstObservedAt) / 1000)),
    bound: (spec.tombstones ?? []).length > 0 ? "yes" : undefined,
  };
  const labels: Record<string, string> = { ...metadata.labels };
  for (const field of Object.keys(MIRROR) as (keyof typeof MIRROR)[]) {
    const value = mirrored[field];
    if (value === undefined) delete labels[MIRROR[field]];
    else labels[MIRROR[field]] = labelValue(value);
  }
  return { ...object, metadata: { ...metadata, labels } };
}

/** What metadata alone tells of a VpcIP: values as {@link labelValue} writes them. */
export function mirrorOf({
  labels = {},
  annotations,
}: Pick<ObjectMeta, "labels" | "annotations">): VpcIPLabels {
  const value = (field: keyof typeof MIRROR) => labels[MIRROR[field]] || undefined;
  const told = {
    node: value("node"),
    instance: value("instance"),
    interface: value("interface"),
    state: value("state"),
    podUID: value("podUID"),
  };
  const seconds = value("markedAt");
  return {
    ...(Object.fromEntries(Object.entries(told).filter(([, text]) => text !== undefined)) as VpcIPLabels),
    ...(seconds !== undefined && /^[0-9]+$/.test(seconds) && { markedAt: Number(seconds) * 1000 }),
    ...(saysKeep(annotations) && { keep: true }),
    ...(value("bound") !== undefined && { bound: true }),
  };
}
