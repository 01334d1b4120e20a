import {
  DeleteNetworkInterfaceCommand,
  type EC2Client,
  type EC2ClientConfig,
  UnassignPrivateIpAddressesCommand,
} from "@aws-sdk/client-ec2";
import type { CloudReleaser, ReleaseAnswer } from "../../ports/cloud.ts";
import { type EC2Access, ec2Client } from "./client.ts";
import { answerFacts, messageOf, sortFailure, withoutCredentials } from "./errors.ts";
import { type Fence, lookAtFence, Refusal, signedAt } from "./fence.ts";
import { type LastLook, oneShotHandler, type SignedRequest, type WholeAnswer } from "./one-shot.ts";

export interface ReleaserOptions extends EC2Access {
  /** Bound of one request, from connecting to the whole answer. */
  readonly requestTimeoutMilliseconds: number;
  /** What must be left of the deadline on top. */
  readonly marginMilliseconds?: number;
}

/** A signed time has whole seconds, and a clock may be set a little between two readings. */
export const MARGIN_MILLISECONDS = 1_500;

/** Any command: a union of them has no callable middleware stack, and their inputs don't matter here. */
type Command = UnassignPrivateIpAddressesCommand;

/**
 * {@link CloudReleaser} by the EC2 API. Each call sends one request or none; a request leaves only if, by the time that was
 * signed and by own time, one tick before its first byte, it will be over before its fence.
 */
export function createCloudReleaser(options: ReleaserOptions): CloudReleaser {
  const { requestTimeoutMilliseconds, marginMilliseconds = MARGIN_MILLISECONDS } = options;
  const handler = oneShotHandler({ timeoutMilliseconds: requestTimeoutMilliseconds });
  const client = ec2Client(options, handler as unknown as NonNullable<EC2ClientConfig["requestHandler"]>);
  const release = (action: string, command: Command, notAfter: number): Promise<ReleaseAnswer> =>
    sendFenced(client, options, action, command, {
      notAfter,
      requestTimeoutMilliseconds,
      marginMilliseconds,
    });
  return {
    async unassign({ interfaceID, addresses, prefixes, notAfter }) {
      if (addresses.length > 0 === prefixes.length > 0)
        throw new RangeError("an Unassign is of addresses or of prefixes, not of both or neither");
      const command = new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: interfaceID,
        ...(addresses.length > 0 ? { PrivateIpAddresses: [...addresses] } : { Ipv4Prefixes: [...prefixes] }),
      });
      return release("UnassignPrivateIpAddresses", command, notAfter);
    },
    async deleteInterface({ interfaceID, notAfter }) {
      const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceID });
      return release("DeleteNetworkInterface", command as unknown as Command, notAfter);
    },
  };
}

async function sendFenced(
  client: EC2Client,
  own: Pick<ReleaserOptions, "clock" | "serverTime">,
  action: string,
  command: Command,
  fence: Fence,
): Promise<ReleaseAnswer> {
  let signed: number | undefined;
  let isSent = false;
  let answer: WholeAnswer | undefined;

  const look = (): void => lookAtFence(fence, own, signed);
  const lastLook: LastLook = () => {
    if (signed === undefined || isSent)
      throw new TypeError("a request that releases is signed, and sent once");
    look();
    isSent = true;
  };

  // finalizeRequest, low: after signing, which is bound to the retry step before it.
  command.middlewareStack.add(
    (next) => (args) => {
      signed = signedAt((args.request as SignedRequest).headers);
      if (signed === undefined) throw new TypeError("a request that releases must be signed");
      look();
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "fenceAfterSigning" },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      answer = result.response as WholeAnswer;
      return result;
    },
    { step: "deserialize", priority: "low", name: "keepAnswer" },
  );

  try {
    look();
    const { $metadata } = await client.send(command, {
      lastLook,
    } as object);
    if (!isAcknowledged(action, answer))
      return { kind: "unclear", cause: new Error(`EC2 ${action}: an answer without its return value`) };
    return { kind: "done", ...requestID($metadata.requestId) };
  } catch (thrown) {
    if (isSent) return answerOf(thrown);
    if (thrown instanceof TypeError) throw thrown;
    return notSent(thrown);
  }
}

/** Before the last look nothing of the request was on the wire. */
function notSent(thrown: unknown): ReleaseAnswer {
  if (thrown instanceof Refusal) return { kind: "not-sent", why: thrown.why, cause: thrown.cause };
  if (withoutCredentials(thrown))
    return { kind: "forbidden", code: "CredentialsProviderError", message: messageOf(thrown) };
  return { kind: "not-sent", why: "unreachable", cause: thrown };
}

/** What a request that was sent came to, by what the SDK throws. */
export function answerOf(thrown: unknown): ReleaseAnswer {
  const failure = sortFailure(answerFacts(thrown));
  const { $metadata } = Object(thrown) as { readonly $metadata?: { readonly requestId?: string } };
  switch (failure.kind) {
    case "throttled":
      return { kind: "throttled", code: failure.code };
    case "gone":
      return { kind: "gone", code: failure.code, ...requestID($metadata?.requestId) };
    case "forbidden":
      return { kind: "forbidden", code: failure.code, message: messageOf(thrown) };
    case "refused":
      return {
        kind: "refused",
        code: failure.code,
        message: messageOf(thrown),
        ...requestID($metadata?.requestId),
      };
    case "unclear":
      return { kind: "unclear", cause: thrown };
  }
}

function requestID(id: string | undefined): { readonly requestID?: string } {
  return id === undefined ? {} : { requestID: id };
}

/**
 * EC2 says that it did it by `<return>true</return>` in the action's response (EC2 API reference, "Response Elements" of both
 * actions). The SDK doesn't look: to it any body with status 200 is success.
 */
function isAcknowledged(action: string, answer: WholeAnswer | undefined): boolean {
  if (answer === undefined) return false;
  const body = new TextDecoder().decode(answer.body);
  const response = new RegExp(
    `<${action}Response[\\s>][^]*<return>\\s*true\\s*</return>[^]*</${action}Response>`,
  );
  return response.test(body);
}
