import type { KubernetesSimulator } from "../kubernetes/index.ts";

/** A Pod that is to have a sandbox. */
export interface PodKey {
  readonly namespace: string;
  readonly name: string;
}

/** Objects of Pods as scheduler and kubelet write them. */
export interface PodObjects {
  /**
   * Bound to its node, without an address yet.
   *
   * @param uid taken where the API server lets it be chosen
   * @returns its UID
   */
  bind(node: string, pod: PodKey, uid: string): Promise<string>;
  run(node: string, pod: PodKey & { readonly uid: string }, address: string): Promise<void>;
  /** Its sandbox has ended, or never began. */
  remove(pod: PodKey): Promise<void>;
}

/** Those of the simulator, written past its API. */
export function podsOf(simulator: KubernetesSimulator): PodObjects {
  const write = (node: string, { namespace, name }: PodKey, uid: string, status: object): void =>
    simulator.seed("pods", [
      {
        metadata: { name, namespace, uid },
        spec: { nodeName: node, containers: [{ name: "main", image: "none" }], restartPolicy: "Always" },
        status,
      },
    ]);
  return {
    async bind(node, pod, uid) {
      write(node, pod, uid, { phase: "Pending", podIP: "" });
      return uid;
    },
    async run(node, pod, address) {
      write(node, pod, pod.uid, { phase: "Running", podIP: address, podIPs: [{ ip: address }] });
    },
    async remove({ namespace, name }) {
      simulator.erase("pods", name, namespace);
    },
  };
}
