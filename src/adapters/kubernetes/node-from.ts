import * as z from "zod";
import type { NodeView } from "../../domain/evidence.ts";
import { objectMeta } from "../../domain/objects/metadata.ts";
import { NODE_GROUP_LABELS } from "../../domain/objects/names.ts";
import { misfit, type Read } from "./pod-from.ts";

const node = z.looseObject({
  apiVersion: z.literal("v1").optional(),
  kind: z.literal("Node").optional(),
  metadata: objectMeta,
  spec: z.looseObject({ providerID: z.string().optional() }).optional(),
  status: z.looseObject({ nodeInfo: z.looseObject({ bootID: z.string().optional() }).optional() }).optional(),
});

/** `aws:///us-east-1a/i-0123456789abcdef0` (cloud-provider-aws, pkg/providers/v1/instances.go). Fargate's have no instance. */
const INSTANCE = /^aws:\/\/\/(?:[^/]*\/)?(i-[0-9a-f]+)$/;

/** Reads a Node. Its instance is what spec.providerID says, never what its name looks like (H10). */
export function readNode(raw: unknown): Read<NodeView> {
  const parsed = node.safeParse(raw);
  if (!parsed.success) return misfit(raw, parsed.error);
  const { metadata, spec, status } = parsed.data;
  const instanceID = INSTANCE.exec(spec?.providerID ?? "")?.[1];
  const bootID = status?.nodeInfo?.bootID;
  const group = NODE_GROUP_LABELS.map((label) => metadata.labels?.[label]).find(Boolean);
  return {
    readable: true,
    object: {
      name: metadata.name,
      ...(metadata.uid && { uid: metadata.uid }),
      ...(instanceID && { instanceID }),
      ...(bootID && { bootID }),
      ...(group && { group }),
    },
  };
}
