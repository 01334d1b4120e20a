import { PODS } from "../../adapters/kubernetes/resources.ts";
import type { PodObjects } from "../engine/pod-objects.ts";
import type { Admin } from "./admin.ts";

/** Pods of a real API server, written as a scheduler and a kubelet write them: there is no other kubelet that could. */
export const realPods = (admin: Admin): PodObjects => ({
  async bind(nodeName, { namespace, name }) {
    const { metadata } = await admin.create(PODS, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace, name },
      spec: { nodeName, containers: [{ name: "main", image: "none" }] },
    });
    return metadata.uid ?? "";
  },
  async run(_node, pod, address) {
    const now = await admin.get(PODS, pod);
    if (now?.metadata.uid !== pod.uid) throw new Error(`Pod ${pod.name} is gone`);
    const status = {
      ...(now["status"] as object),
      phase: "Running",
      podIP: address,
      podIPs: [{ ip: address }],
    };
    await admin.replace(PODS, { ...now, metadata: { ...now.metadata }, status }, "status");
  },
  remove: (pod) => admin.remove(PODS, pod),
});
