import { AssignPrivateIpAddressesCommand } from "@aws-sdk/client-ec2";
import { parseAddress } from "../../domain/address.ts";
import type { AssignAnswer, AssignRequest, CloudAssigner } from "../../ports/assigner.ts";
import { boundedRequests } from "../aws/handler.ts";
import { type EC2Access, ec2Client } from "./client.ts";
import { answerFacts, messageOf, sortFailure, withoutCredentials } from "./errors.ts";
import type { Commands } from "./reader.ts";

export interface AssignerOptions extends EC2Access {
  /** Bound of one request. */
  readonly requestTimeoutMilliseconds?: number;
}

/**
 * {@link CloudAssigner} by the EC2 API. One request a call: the SDK's retries are off, for a second one would assign twice
 * what was asked for once.
 */
export function createCloudAssigner(options: AssignerOptions): CloudAssigner {
  return assignerOver(ec2Client(options, boundedRequests(options.requestTimeoutMilliseconds)));
}

export function assignerOver(client: Commands): CloudAssigner {
  return {
    async assign(request) {
      try {
        const { AssignedPrivateIpAddresses: assigned } = await client.send(commandOf(request));
        const addresses = (assigned ?? []).map(({ PrivateIpAddress: text }) => parseAddress(text ?? ""));
        const known = addresses.filter((address) => address !== undefined);
        return known.length === addresses.length && known.length === wanted(request)
          ? { kind: "done", addresses: known }
          : unclear(new Error("EC2 AssignPrivateIpAddresses: the answer is not what was asked for"));
      } catch (thrown) {
        return answerOf(thrown);
      }
    },
  };
}

function commandOf(request: AssignRequest): AssignPrivateIpAddressesCommand {
  return new AssignPrivateIpAddressesCommand({
    NetworkInterfaceId: request.interfaceID,
    ...("count" in request
      ? { SecondaryPrivateIpAddressCount: request.count }
      : { PrivateIpAddresses: [...request.addresses] }),
  });
}

const wanted = (request: AssignRequest): number =>
  "count" in request ? request.count : request.addresses.length;

const unclear = (cause: unknown): AssignAnswer => ({ kind: "unclear", cause });

function answerOf(thrown: unknown): AssignAnswer {
  // No credentials: nothing was signed, so nothing was sent.
  if (withoutCredentials(thrown))
    return { kind: "refused", code: "CredentialsProviderError", message: messageOf(thrown) };
  const failure = sortFailure(answerFacts(thrown));
  switch (failure.kind) {
    case "throttled":
      return { kind: "throttled", code: failure.code };
    case "gone":
    case "forbidden":
    case "refused":
      return { kind: "refused", code: failure.code, message: messageOf(thrown) };
    case "unclear":
      return unclear(thrown);
  }
}
