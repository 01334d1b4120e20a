import { describe } from "@jest/globals";

/** Where the real peers are. `npm run peers:up` prints these variables, `npm run test:peers` sets them. */
const {
  KUBERNETES_PEER_URL: url,
  KUBERNETES_PEER_TOKEN: token,
  KUBERNETES_PEER_ETCD: etcd,
  KUBERNETES_PEER_KUBECONFIG: kubeconfig,
  KUBERNETES_PEER_KUBECTL: kubectl,
  KUBERNETES_PEER_APISERVER: apiServer,
  KUBERNETES_PEER_CONTROLLER_MANAGER: controllers,
  KUBERNETES_PEER_HELM: helm,
  AWS_PEER_URL: aws,
  AWS_PEER_CLI: awsCli,
} = process.env;

/** Undefined where no real API server is given. */
export const kubernetesPeer =
  url === undefined
    ? undefined
    : {
        url,
        ...(token === undefined ? {} : { token }),
        ...(etcd === undefined ? {} : { etcd }),
      };

/** For a test that starts an API server of its own: the binary, and an etcd that it shares. Undefined where they are not given. */
export const apiServerPeer =
  apiServer === undefined || etcd === undefined ? undefined : { binary: apiServer, etcd };

/** The real Helm. Undefined where it is not given. */
export const helmPeer = helm;

/** All that a cluster of a test's own takes, for those that uninstall what other tests use. Undefined where a part is not given. */
export const ownClusterPeer =
  apiServerPeer === undefined || controllers === undefined || kubectl === undefined || helm === undefined
    ? undefined
    : { ...apiServerPeer, controllers, kubectl, helm };

/** Base URL of LocalStack, undefined where none is given. */
export const awsPeer = aws;

/** The real AWS CLI, led to it; undefined where none is given. */
export const awsCliPeer = awsCli;

/** Undefined where no kubectl is given. Its kubeconfig is that of an administrator, with the server's certificate pinned. */
export const kubectlPeer =
  kubectl === undefined || kubeconfig === undefined ? undefined : { binary: kubectl, kubeconfig };

/** Skips what needs a peer that is not there; the reader sees that it was skipped. */
export const describeWhere = (peer: unknown): typeof describe | typeof describe.skip =>
  peer === undefined ? describe.skip : describe;

/** Tells this run's objects from those that an earlier run left on the same peer. */
export const RUN = `${Date.now().toString(36)}${process.env["JEST_WORKER_ID"] ?? ""}`;
