import * as z from "zod";
import { ClusterError, type StoredConfigMap } from "../../ports/cluster.ts";
import { reasons } from "./parse.ts";

const configMap = z.looseObject({
  metadata: z.looseObject({ uid: z.string().min(1), resourceVersion: z.string().min(1) }),
  data: z.record(z.string(), z.string()).nullish(),
});

export function configMapFrom(raw: unknown): StoredConfigMap {
  const parsed = configMap.safeParse(raw);
  if (!parsed.success) throw new ClusterError("unreadable", `a ConfigMap: ${reasons(parsed.error)}`);
  const { metadata, data } = parsed.data;
  return { uid: metadata.uid, resourceVersion: metadata.resourceVersion, data: data ?? {} };
}
