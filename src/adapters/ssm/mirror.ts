import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Mirror } from "../../ports/mirror.ts";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import { mayPass, wordsOf } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";
import { retrying } from "../aws/retry.ts";
import { MirrorError, type MirrorVersion, valueAfter, whatCounts } from "./mirror-versions.ts";

export interface MirrorOptions extends AwsAccess {
  /** A parameter of type String; its value is JSON. */
  readonly parameterName: string;
}

/** {@link Mirror} by an SSM parameter. Only `ParameterNotFound` means that nothing was ever written. */
export function createMirror(options: MirrorOptions): Mirror {
  const { clock, parameterName } = options;
  const client = new SSMClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: boundedRequests(),
  });
  signWithOwnTime(client, clock);
  const place = `SSM parameter ${parameterName}`;

  async function versionOf(wanted?: number): Promise<MirrorVersion | undefined> {
    const selector = wanted === undefined ? parameterName : `${parameterName}:${wanted}`;
    const answer = await retrying({ clock }, mayPass, () =>
      client.send(new GetParameterCommand({ Name: selector })),
    ).catch((cause: unknown) => {
      if (cause instanceof ParameterNotFound) return undefined;
      throw cause;
    });
    if (answer === undefined) return undefined;
    const { Value: value, Version: version } = answer.Parameter ?? {};
    if (value === undefined || version === undefined) throw new Error("the answer holds no value");
    return { value, version };
  }

  return {
    read: () =>
      whatCounts(versionOf).catch((cause: unknown) => {
        throw new MirrorError(`${place} can't be read: ${wordsOf(cause)}`, { cause });
      }),
    async write(state, follows) {
      const command = new PutParameterCommand({
        Name: parameterName,
        Type: "String",
        Value: valueAfter(follows, state),
        Overwrite: true,
      });
      const { Version: version } = await retrying({ clock }, mayPass, () => client.send(command)).catch(
        (cause: unknown) => {
          throw new MirrorError(`${place} can't be written: ${wordsOf(cause)}`, { cause });
        },
      );
      return version === follows + 1;
    },
  };
}
