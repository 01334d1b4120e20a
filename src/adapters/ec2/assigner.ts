import {
  AssignPrivateIpAddressesCommand,
  type AssignPrivateIpAddressesCommandOutput,
} from "@aws-sdk/client-ec2";
import { type Address, parseAddress } from "../../domain/address.ts";
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
        const answer = await client.send(commandOf(request));
        const addresses = assignedBy(request, answer);
        return addresses === undefined
          ? unclear(new Error("EC2 AssignPrivateIpAddresses: the answer is not one to this request"))
          : { kind: "done", addresses };
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

/** What was assigned; undefined where the answer, whatever its status, is not EC2's to this request. */
function assignedBy(
  request: AssignRequest,
  answer: AssignPrivateIpAddressesCommandOutput,
): readonly Address[] | undefined {
  if (answer.NetworkInterfaceId !== request.interfaceID) return undefined;
  // Of what was named the interface has all now; whether EC2 lists what it had before is unverified.
  if ("addresses" in request) return request.addresses;
  const addresses = (answer.AssignedPrivateIpAddresses ?? []).flatMap(
    ({ PrivateIpAddress: text }) => parseAddress(text ?? "") ?? [],
  );
  return addresses.length === request.count ? addresses : undefined;
}

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
