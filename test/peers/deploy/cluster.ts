import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foldersOf } from "../../../scripts/peers/folders.ts";
import { startApiServer } from "../../../scripts/peers/run/api-server.ts";
import { Instance } from "../../../scripts/peers/run/instance.ts";
import { kubectlAt, until } from "../kubectl.ts";
import { RUN } from "../peers.ts";

const INFRA = join(import.meta.dirname, "../../../infra/chart/manifests");
/** A kubeconfig has one user for all three functions: the one whom it names is in all their groups. */
const GROUPS = ["collect", "reclaim", "clean"].map((name) => `eni-reclaimer:${name}`);

/** A real API server of its own: what the functions remember of a cluster is not mixed with other tests' clusters. */
export interface OwnCluster {
  /** Runs the real kubectl as administrator. */
  readonly kubectl: ReturnType<typeof kubectlAt>;
  /** Of an administrator. */
  readonly kubeconfigFile: string;
  /** Of the functions: with their rights and no more. Its value needs no other file. */
  readonly functionsKubeconfig: string;
  /** UID of kube-system. */
  readonly uid: string;
  stop(): Promise<void>;
}

/** Starts one on the etcd that is there, installed as docs/install.md says. Nothing of it is left where that fails. */
export async function startOwnCluster(
  { binary, etcd }: { readonly binary: string; readonly etcd: string },
  signal: AbortSignal,
): Promise<OwnCluster> {
  // Among the others, so that peers:down ends it where this process is killed.
  const instance = Instance.begin(join(foldersOf(process.env).instances, `deploy-${RUN}`));
  try {
    const token = randomBytes(24).toString("base64url");
    const user = `${token},eni-reclaimer,eni-reclaimer,"${GROUPS.join(",")}"`;
    const flags = [`--etcd-prefix=/deploy-${RUN}`];
    const server = await startApiServer(instance, binary, etcd, signal, flags, [user]);
    const kubectl = kubectlAt(server.kubeconfig);
    await install(kubectl);
    // A new server makes its own namespaces soon after it says that it is ready.
    let uid = "";
    await until(async () => {
      uid = await kubectl(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]).catch(
        () => "",
      );
      return uid !== "";
    });
    return {
      kubectl,
      kubeconfigFile: server.kubeconfig,
      functionsKubeconfig: withToken(server.kubeconfig, token),
      uid,
      stop: () => instance.end(),
    };
  } catch (error) {
    await instance.end();
    throw error;
  }
}

async function install(kubectl: OwnCluster["kubectl"]): Promise<void> {
  const apply = ["apply", "--server-side"];
  await kubectl([...apply, "-f", join(INFRA, "namespace.yaml"), "-f", join(INFRA, "crds/")]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
  await kubectl([...apply, "-f", join(INFRA, "rbac/"), "-f", join(INFRA, "admission/")]);
}

/** The same server, another user. */
function withToken(kubeconfigFile: string, token: string): string {
  const config = JSON.parse(readFileSync(kubeconfigFile, "utf8"));
  return JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { token } }] });
}
