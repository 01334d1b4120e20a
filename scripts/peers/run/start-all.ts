import { join } from "node:path";
import { type Built, buildAll } from "../build/all.ts";
import type { Folders } from "../folders.ts";
import { say, timed } from "../progress.ts";
import { startApiServer } from "./api-server.ts";
import { startControllers } from "./controllers.ts";
import { startEtcd } from "./etcd.ts";
import { type Environment, Instance } from "./instance.ts";
import { startLocalStack } from "./localstack.ts";

/** Builds what is not built yet, and starts a set of peers. Nothing of it is left where anything fails. */
export async function startAll(folders: Folders, name: string, signal: AbortSignal): Promise<Instance> {
  const instance = Instance.begin(join(folders.instances, name));
  try {
    const built = await buildAll(folders.builds, signal);
    const environment = await timed("started", () => start(instance, built, signal));
    instance.ready(environment);
    return instance;
  } catch (error) {
    await instance.end();
    throw error;
  }
}

async function start(instance: Instance, built: Built, signal: AbortSignal): Promise<Environment> {
  const kubernetes = async () => {
    const etcd = await startEtcd(instance, join(built.etcd, "etcd"), signal);
    const server = await startApiServer(instance, join(built.kubernetes, "kube-apiserver"), etcd, signal);
    await startControllers(instance, join(built.kubernetes, "kube-controller-manager"), server, signal);
    return { etcd, ...server };
  };
  // All are waited for also where one fails: none may start after the others were ended.
  const [cluster, aws] = await Promise.allSettled([
    kubernetes(),
    startLocalStack(instance, built.python, signal),
  ]);
  if (cluster.status === "rejected") throw cluster.reason;
  if (aws.status === "rejected") throw aws.reason;
  const { url, token, kubeconfig, etcd } = cluster.value;
  say(`kube-apiserver at ${url}, LocalStack at ${aws.value.url}`);
  return {
    KUBERNETES_PEER_URL: url,
    KUBERNETES_PEER_TOKEN: token,
    KUBERNETES_PEER_ETCD: etcd,
    KUBERNETES_PEER_KUBECONFIG: kubeconfig,
    KUBERNETES_PEER_KUBECTL: join(built.kubernetes, "kubectl"),
    KUBERNETES_PEER_APISERVER: join(built.kubernetes, "kube-apiserver"),
    KUBERNETES_PEER_CONTROLLER_MANAGER: join(built.kubernetes, "kube-controller-manager"),
    KUBERNETES_PEER_HELM: join(built.helm, "helm"),
    AWS_PEER_URL: aws.value.url,
    AWS_PEER_CLI: aws.value.cli,
  };
}
