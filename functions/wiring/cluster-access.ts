import { eksAccess } from "../../src/adapters/eks/access.ts";
import {
  accessFromKubeconfigFile,
  type ClusterAccess,
  type ReadAccess,
} from "../../src/adapters/kubernetes/index.ts";
import { accessFromKubeconfigParameter } from "../../src/adapters/ssm/kubeconfig.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { FunctionConfig } from "../config.ts";
import { awsAccess } from "./aws-access.ts";

/** The one place that knows how a function reaches its API server. */
export function clusterAccess(config: FunctionConfig, clock: Clock): ClusterAccess | ReadAccess {
  const { kubernetes } = config;
  switch (kubernetes.kind) {
    case "eks":
      return eksAccess({ ...awsAccess(config, "eks", clock), clusterName: kubernetes.clusterName });
    case "kubeconfig-parameter":
      return accessFromKubeconfigParameter({
        ...awsAccess(config, "ssm", clock),
        parameterName: kubernetes.parameterName,
      });
    case "kubeconfig-file":
      return accessFromKubeconfigFile(kubernetes.path);
  }
}
