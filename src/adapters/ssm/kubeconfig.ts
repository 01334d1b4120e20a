import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import { mayPass, wordsOf } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";
import { retrying } from "../aws/retry.ts";
import { accessFromKubeconfig, type ReadAccess } from "../kubernetes/index.ts";

export interface KubeconfigParameterOptions extends AwsAccess {
  /** A parameter of type SecureString, whose value is a kubeconfig without references to files. */
  readonly parameterName: string;
}

/** There is no kubeconfig to be had: one sentence of which parameter and why. Never holds what is in it. */
export class KubeconfigParameterError extends Error {
  override readonly name = "KubeconfigParameterError";
}

/** The way to a cluster by a kubeconfig in Parameter Store. Rejects with {@link KubeconfigParameterError}. */
export function accessFromKubeconfigParameter(options: KubeconfigParameterOptions): ReadAccess {
  const { clock, parameterName } = options;
  const client = new SSMClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: boundedRequests(),
  });
  signWithOwnTime(client, clock);
  const command = new GetParameterCommand({ Name: parameterName, WithDecryption: true });
  const failure = (why: string, cause?: unknown): KubeconfigParameterError =>
    new KubeconfigParameterError(
      `the kubeconfig in SSM parameter ${parameterName} ${why}`,
      cause === undefined ? {} : { cause },
    );
  return async () => {
    const { Parameter: parameter = {} } = await retrying({ clock }, mayPass, () =>
      client.send(command),
    ).catch((cause: unknown) => {
      throw failure(`can't be read: ${wordsOf(cause)}`, cause);
    });
    const { Value: text, Type: type, Version: version } = parameter;
    if (text === undefined || version === undefined)
      throw failure("can't be read: the answer holds no value");
    // Anybody who may read parameters can read it otherwise, and the console shows it.
    if (type !== "SecureString")
      throw failure(`is of type ${type}: it holds credentials, so it has to be a SecureString`);
    try {
      return { access: accessFromKubeconfig(text), version: String(version) };
    } catch (cause) {
      throw failure(`can't be used: ${wordsOf(cause)}`, cause);
    }
  };
}
