import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import type { Instance } from "./instance.ts";
import { freePorts, untilReady } from "./ready.ts";

export interface ApiServer {
  readonly url: string;
  /** Of a user of the group system:masters. */
  readonly token: string;
  readonly kubeconfig: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly serviceAccountKey: string;
}

/**
 * @param more flags on top of those that every one of them has
 * @param users lines of its token file beside the administrator's (Kubernetes, "Authenticating", static token file)
 */
export async function startApiServer(
  instance: Instance,
  binary: string,
  etcd: string,
  signal: AbortSignal,
  more: readonly string[] = [],
  users: readonly string[] = [],
): Promise<ApiServer> {
  const room = instance.room("kube-apiserver");
  const [port] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const token = randomBytes(24).toString("base64url");
  const admin = `${token},peers-admin,peers-admin,system:masters`;
  const tokens = secretFile(join(room, "tokens.csv"), `${[admin, ...users].join("\n")}\n`);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const serviceAccountKey = secretFile(
    join(room, "service-account.key"),
    privateKey.export({ type: "pkcs1", format: "pem" }) as string,
  );
  const child = instance.start("kube-apiserver", binary, [
    `--etcd-servers=${etcd}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${room}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${serviceAccountKey}`,
    `--service-account-key-file=${serviceAccountKey}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--authorization-mode=RBAC",
    `--token-auth-file=${tokens}`,
    // Tests lay Pods in namespaces that are a moment old and have no ServiceAccount yet.
    "--disable-admission-plugins=ServiceAccount",
    // Else snapshots of its own serve old versions of lists for minutes after etcd compacted them (tests of 410 Gone).
    "--feature-gates=ListFromCacheSnapshot=false",
    ...more,
  ]);
  const certificate = join(room, "apiserver.crt");
  const isReady = async () => (await statusOf(`${url}/readyz`, readFileSync(certificate), token)) === 200;
  await untilReady(instance, "kube-apiserver", child, isReady, signal);
  const kubeconfig = secretFile(
    join(instance.folder, "kubeconfig.json"),
    JSON.stringify(kubeconfigOf(url, token, readFileSync(certificate))),
  );
  return { url, token, kubeconfig, serviceAccountKey };
}

function secretFile(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function statusOf(url: string, ca: Buffer, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

/** The server's certificate is its own authority: it is pinned. */
const kubeconfigOf = (server: string, token: string, certificate: Buffer): object => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "peer",
  contexts: [{ name: "peer", context: { cluster: "peer", user: "peers-admin" } }],
  clusters: [
    { name: "peer", cluster: { server, "certificate-authority-data": certificate.toString("base64") } },
  ],
  users: [{ name: "peers-admin", user: { token } }],
});
