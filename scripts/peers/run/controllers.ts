import { get } from "node:https";
import type { ApiServer } from "./api-server.ts";
import type { Instance } from "./instance.ts";
import { freePorts, untilReady } from "./ready.ts";

/**
 * Those whose work the product relies on, and the workloads whose end takes their dependents along. The others are left out:
 * they would taint nodes without a kubelet, and put things of theirs into each namespace that a test counts in.
 */
const CONTROLLERS = [
  "garbage-collector-controller",
  "namespace-controller",
  "pod-garbage-collector-controller",
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "job-controller",
];

/** Starts the kube-controller-manager: the real garbage collector, with what feeds it. */
export async function startControllers(
  instance: Instance,
  binary: string,
  { kubeconfig, serviceAccountKey }: ApiServer,
  signal: AbortSignal,
): Promise<void> {
  const [port] = await freePorts(1);
  const child = instance.start("kube-controller-manager", binary, [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${serviceAccountKey}`,
    "--leader-elect=false",
    // Each controller under its own name, as kubeadm runs them: admission policies know them by it.
    "--use-service-account-credentials=true",
    `--controllers=${CONTROLLERS.join(",")}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${instance.room("kube-controller-manager")}`,
  ]);
  const isReady = () => answers(`https://127.0.0.1:${port}/healthz`);
  await untilReady(instance, "kube-controller-manager", child, isReady, signal);
}

/** Its certificate is one that it made for itself, and nothing secret is said. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", reject);
  });
}
