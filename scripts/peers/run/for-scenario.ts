import { join } from "node:path";
import type { Folders } from "../folders.ts";
import { Missing, timed } from "../progress.ts";
import { startApiServer } from "./api-server.ts";
import { startControllers } from "./controllers.ts";
import { dropKeys } from "./etcd.ts";
import { Instance } from "./instance.ts";
import { startAll } from "./start-all.ts";

/** The servers of one run: nobody else uses its API server. */
export interface ScenarioServers {
  /** Path; of an administrator. */
  readonly kubeconfig: string;
  /** Path. */
  readonly kubectl: string;
  /** LocalStack's URL. */
  readonly aws: string;
  stop(): Promise<void>;
}

/** Those of docs/peers.md that have to be given together. */
const VARIABLES = [
  "KUBERNETES_PEER_APISERVER",
  "KUBERNETES_PEER_CONTROLLER_MANAGER",
  "KUBERNETES_PEER_ETCD",
  "KUBERNETES_PEER_KUBECTL",
  "AWS_PEER_URL",
] as const;

type Given = Readonly<Record<(typeof VARIABLES)[number], string>>;

/** Undefined where none of them is set. Throws where some are and others aren't. */
function givenBy(environment: NodeJS.ProcessEnv): Given | undefined {
  const missing = VARIABLES.filter((name) => !environment[name]);
  if (missing.length === VARIABLES.length) return undefined;
  if (missing.length > 0)
    throw new Missing(`${missing.join(", ")}: not set, though other variables of real peers are`);
  return Object.fromEntries(VARIABLES.map((name) => [name, environment[name]])) as Given;
}

/**
 * For one cluster holds one install of the product, a run on peers that are given gets an API server of its own on their etcd, under
 * keys of its own. Where none are given, a whole set is started, and ended with the run.
 */
export async function startForScenario(
  folders: Folders,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ScenarioServers> {
  const given = givenBy(environment);
  const name = `scenario-${process.pid}`;
  if (given !== undefined) return clusterOn(given, folders, name, signal);
  const own = await startAll(folders, name, signal);
  const { KUBERNETES_PEER_KUBECONFIG, KUBERNETES_PEER_KUBECTL, AWS_PEER_URL } = own.environment ?? {};
  return {
    kubeconfig: KUBERNETES_PEER_KUBECONFIG ?? "",
    kubectl: KUBERNETES_PEER_KUBECTL ?? "",
    aws: AWS_PEER_URL ?? "",
    stop: () => own.end(),
  };
}

async function clusterOn(
  given: Given,
  folders: Folders,
  name: string,
  signal: AbortSignal,
): Promise<ScenarioServers> {
  const { KUBERNETES_PEER_APISERVER: binary, KUBERNETES_PEER_ETCD: etcd } = given;
  const prefix = `/${name}-${Date.now()}`;
  const instance = Instance.begin(join(folders.instances, name));
  const stop = async (): Promise<void> => {
    await instance.end();
    await dropKeys(etcd, `${prefix}/`);
  };
  try {
    const server = await timed("an API server of its own", async () => {
      const started = await startApiServer(instance, binary, etcd, signal, [`--etcd-prefix=${prefix}`]);
      await startControllers(instance, given.KUBERNETES_PEER_CONTROLLER_MANAGER, started, signal);
      return started;
    });
    return {
      kubeconfig: server.kubeconfig,
      kubectl: given.KUBERNETES_PEER_KUBECTL,
      aws: given.AWS_PEER_URL,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
