import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { foldersOf } from "../../../scripts/peers/folders.ts";
import { startApiServer } from "../../../scripts/peers/run/api-server.ts";
import { Instance } from "../../../scripts/peers/run/instance.ts";
import { accessFromKubeconfigFile } from "../../../src/adapters/kubernetes/index.ts";
import { openWire } from "../../../src/adapters/kubernetes/wire.ts";
import { RUN } from "../peers.ts";

/** A real API server whose bearer tokens are a webhook's to judge. */
export interface WebhookCluster {
  readonly url: string;
  /** PEM of the one authority of its certificate. */
  readonly authority: Buffer;
  /** Of an administrator, who signs in without the webhook. */
  readonly kubeconfig: string;
  /** As the administrator: POSTs an object, and throws where it is refused. */
  create(path: string, object: object): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on the etcd that is there, with keys of its own. Nothing of it is left where it doesn't start. */
export async function startWebhookCluster(
  { binary, etcd }: { readonly binary: string; readonly etcd: string },
  webhook: string,
  signal: AbortSignal,
): Promise<WebhookCluster> {
  // Among the others, so that peers:down ends it where this process is killed.
  const instance = Instance.begin(join(foldersOf(process.env).instances, `eks-${RUN}`));
  try {
    const file = join(instance.folder, "webhook.json");
    writeFileSync(file, JSON.stringify(webhookConfig(webhook)));
    const server = await startApiServer(instance, binary, etcd, signal, [
      `--etcd-prefix=/eks-${RUN}`,
      `--authentication-token-webhook-config-file=${file}`,
      "--authentication-token-webhook-version=v1",
    ]);
    return {
      url: server.url,
      authority: readFileSync(join(instance.room("kube-apiserver"), "apiserver.crt")),
      kubeconfig: readFileSync(server.kubeconfig, "utf8"),
      async create(path, body) {
        const wire = openWire(accessFromKubeconfigFile(server.kubeconfig), {
          userAgent: "test",
          now: () => Date.now(),
        });
        const answer = await wire.send({ method: "POST", path, body, timeoutMilliseconds: 30_000 });
        wire.close();
        if (answer.status !== 201)
          throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      },
      stop: () => instance.end(),
    };
  } catch (error) {
    await instance.end();
    throw error;
  }
}

/** In the form of a kubeconfig (Kubernetes, "Webhook Token Authentication"). */
const webhookConfig = (server: string): object => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "webhook",
  contexts: [{ name: "webhook", context: { cluster: "authenticator", user: "api-server" } }],
  clusters: [{ name: "authenticator", cluster: { server } }],
  users: [{ name: "api-server", user: {} }],
});
