import { execFile } from "node:child_process";
import { join } from "node:path";
import { foldersOf } from "../../../scripts/peers/folders.ts";
import { startApiServer } from "../../../scripts/peers/run/api-server.ts";
import { startControllers } from "../../../scripts/peers/run/controllers.ts";
import { Instance } from "../../../scripts/peers/run/instance.ts";
import type { Said } from "../kubectl.ts";
import { type ownClusterPeer, RUN } from "../peers.ts";

type Parts = NonNullable<typeof ownClusterPeer>;

/** A cluster of a test's own, with real controllers: what it installs and uninstalls is nobody else's. */
export interface OwnCluster {
  /** kubectl as an administrator; an object goes in as standard input. Never throws for its exit status. */
  kubectl(args: readonly string[], object?: unknown): Promise<Said>;
  helm(args: readonly string[]): Promise<Said>;
  /** Runs a script of the repository with Node, as the administrator. @param heard is told what it prints, as it comes */
  script(path: string, args: readonly string[], heard?: (text: string) => void): Promise<Said>;
  stop(): Promise<void>;
}

let count = 0;

/** Nothing of it is left where it doesn't start. */
export async function startOwnCluster(parts: Parts, signal: AbortSignal): Promise<OwnCluster> {
  const name = `helm-${RUN}-${++count}`;
  // Among the others, so that peers:down ends it where this process is killed.
  const instance = Instance.begin(join(foldersOf(process.env).instances, name));
  try {
    const server = await startApiServer(instance, parts.binary, parts.etcd, signal, [
      `--etcd-prefix=/${name}`,
    ]);
    await startControllers(instance, parts.controllers, server, signal);
    const room = instance.room("home");
    const env = {
      ...process.env,
      HOME: room,
      KUBECONFIG: server.kubeconfig,
      KUBECTL: parts.kubectl,
      HELM_CACHE_HOME: room,
      HELM_CONFIG_HOME: room,
      HELM_DATA_HOME: room,
    };
    const does = (
      command: string,
      args: readonly string[],
      input?: unknown,
      heard?: (text: string) => void,
    ): Promise<Said> =>
      new Promise((resolve, reject) => {
        const child = execFile(command, [...args], { env }, (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== "number") reject(error);
          else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
        });
        if (heard !== undefined) child.stdout?.on("data", heard);
        child.stdin?.end(input === undefined ? "" : JSON.stringify(input));
      });
    return {
      kubectl: (args, object) => does(parts.kubectl, args, object),
      helm: (args) => does(parts.helm, [...args, "--namespace=vpcip-system"]),
      script: (path, args, heard) => does(process.execPath, [path, ...args], undefined, heard),
      stop: () => instance.end(),
    };
  } catch (error) {
    await instance.end();
    throw error;
  }
}
