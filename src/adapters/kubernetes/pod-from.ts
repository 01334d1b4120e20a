import * as z from "zod";
import type { Address } from "../../domain/address.ts";
import type { PodView } from "../../domain/evidence.ts";
import { objectMeta } from "../../domain/objects/metadata.ts";
import { saysKeep } from "../../domain/objects/names.ts";
import { addressFrom } from "./address-from.ts";
import { nameOf, pathText } from "./parse.ts";

/** What became of reading an object of somebody else's: online it was asked for, offline it is an item of a dump. */
export type Read<T> = { readonly readable: true; readonly object: T } | Unreadable;

export interface Unreadable {
  readonly readable: false;
  /** Of the object, where it told one. */
  readonly name?: string;
  /** Where it can't be read, e.g. `status.podIPs[1].ip`. */
  readonly path: string;
  readonly why: string;
}

/** The part of a core/v1 Pod that we read. Items of a typed list carry no apiVersion and kind. */
const pod = z.looseObject({
  apiVersion: z.literal("v1").optional(),
  kind: z.literal("Pod").optional(),
  metadata: objectMeta.extend({ namespace: z.string().min(1), uid: z.string().min(1) }),
  spec: z.looseObject({ nodeName: z.string().optional(), hostNetwork: z.boolean().optional() }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      podIP: z.string().optional(),
      podIPs: z.array(z.looseObject({ ip: z.string().optional() })).nullish(),
    })
    .optional(),
});

/** Phases after which no container of the Pod ever runs again (Kubernetes "Pod Lifecycle"). */
const FINISHED = new Set(["Succeeded", "Failed"]);

/** Reads a Pod. One whose address is unreadable is unreadable itself: it may be what keeps that address. */
export function readPod(raw: unknown): Read<PodView> {
  const parsed = pod.safeParse(raw);
  if (!parsed.success) return misfit(raw, parsed.error);
  const { metadata, spec, status } = parsed.data;
  const addresses = new Set<Address>();
  for (const [path, text] of addressTexts(status)) {
    if (text === undefined || text === "") continue;
    const read = addressFrom(text);
    if (!read.known) return unreadable(raw, path, `${JSON.stringify(text)} is no IP address`);
    if (read.address !== undefined) addresses.add(read.address);
  }
  return {
    readable: true,
    object: {
      uid: metadata.uid,
      namespace: metadata.namespace,
      name: metadata.name,
      ...(spec.nodeName && { nodeName: spec.nodeName }),
      hostNetwork: spec.hostNetwork === true,
      finished: FINISHED.has(status?.phase ?? ""),
      terminating: metadata.deletionTimestamp !== undefined,
      addresses: [...addresses],
      keep: saysKeep(metadata.annotations),
    },
  };
}

export function unreadable(raw: unknown, path: string, why: string): Unreadable {
  const name = nameOf(raw);
  return { readable: false, ...(name !== undefined && { name }), path, why };
}

export function misfit(raw: unknown, error: z.ZodError): Unreadable {
  const issue = error.issues[0];
  return unreadable(raw, pathText(issue?.path ?? []), issue?.message ?? "unknown shape");
}

type PodStatus = z.infer<typeof pod>["status"];

function addressTexts(status: PodStatus): readonly (readonly [path: string, text: string | undefined])[] {
  const many = (status?.podIPs ?? []).map(({ ip }, index) => [`status.podIPs[${index}].ip`, ip] as const);
  return [["status.podIP", status?.podIP], ...many];
}
