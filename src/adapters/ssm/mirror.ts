import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import type { Mirror, MirroredState } from "../../ports/mirror.ts";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import { mayPass } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";
import { retrying } from "../aws/retry.ts";

export interface MirrorOptions extends AwsAccess {
  /** A parameter of type String; its value is JSON. */
  readonly parameterName: string;
}

const mirroredState = z.object({
  clusterUID: z.string().min(1),
  vpcIPUID: z.string().min(1),
  nodeENIConfigUID: z.string().min(1),
  claimUID: z.string().min(1),
  runs: z.int().min(0),
  isLost: z.literal(true).optional(),
});

/** What was mirrored could not be read or written: nothing is known of the memory, which is not the same as a new install. */
export class MirrorError extends Error {
  override readonly name = "MirrorError";
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
  return {
    async read() {
      const answer = await retrying({ clock }, mayPass, () =>
        client.send(new GetParameterCommand({ Name: parameterName })),
      ).catch((cause: unknown) => {
        if (cause instanceof ParameterNotFound) return undefined;
        throw new MirrorError(`${place} can't be read: ${nameOf(cause)}`, { cause });
      });
      return answer === undefined ? undefined : stateFrom(place, answer.Parameter?.Value);
    },
    async write(state) {
      const command = new PutParameterCommand({
        Name: parameterName,
        Type: "String",
        Value: JSON.stringify(mirroredState.parse(state)),
        Overwrite: true,
      });
      await retrying({ clock }, mayPass, () => client.send(command)).catch((cause: unknown) => {
        throw new MirrorError(`${place} can't be written: ${nameOf(cause)}`, { cause });
      });
    },
  };
}

function stateFrom(place: string, value: string | undefined): MirroredState {
  if (value === undefined) throw new MirrorError(`${place}: the answer holds no value`);
  let raw: unknown;
  try {
    raw = JSON.parse(value);
  } catch (cause) {
    throw new MirrorError(`${place}: its value is not JSON`, { cause });
  }
  const { success, data, error } = mirroredState.safeParse(raw);
  if (!success) throw new MirrorError(`${place}: its value has another shape`, { cause: error });
  return data;
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
