import { CloudError } from "../../ports/cloud.ts";

/**
 * What a failed call tells, sorted by EC2's error code and the HTTP status, never by the text
 * (EC2 Developer Guide, "Error codes for the Amazon EC2 API").
 */
export type Failure =
  /** RequestLimitExceeded and the like: nothing was done. */
  | { readonly kind: "throttled"; readonly code: string }
  /** We may not, or our signature or credentials don't hold: nothing was done. */
  | { readonly kind: "forbidden"; readonly code: string }
  /** The interface doesn't exist: nothing was done. */
  | { readonly kind: "gone"; readonly code: string }
  /** Any other client error: nothing was done. */
  | { readonly kind: "refused"; readonly code: string }
  /** EC2 says that it failed, or somebody else answered, or nobody: what was asked may have been done. */
  | { readonly kind: "unclear"; readonly code?: string };

/** What an answer shows: the code is there only where EC2's own error document was. */
export interface AnswerFacts {
  readonly code?: string;
  readonly status?: number;
}

const THROTTLED: ReadonlySet<string> = new Set([
  "RequestLimitExceeded",
  "EC2ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "Throttling",
  "ThrottledException",
  "ThrottlingException",
  "TooManyRequestsException",
]);

const FORBIDDEN: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthFailure",
  "Blocked",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "InvalidClientTokenId",
  "InvalidSecurityToken",
  "MissingAuthenticationToken",
  "OptInRequired",
  "PendingVerification",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
]);

/** H05: this code alone says that an interface isn't there; a 404, an empty answer or a timeout doesn't. */
const GONE: ReadonlySet<string> = new Set(["InvalidNetworkInterfaceID.NotFound"]);

/** Codes of the 4xx kind that don't say that nothing was done. */
const UNDECIDED: ReadonlySet<string> = new Set(["RequestTimeout", "RequestTimeoutException"]);
const REQUEST_TIMEOUT = 408;

export function sortFailure({ code, status }: AnswerFacts): Failure {
  if (code === undefined) return { kind: "unclear" };
  // EC2 sends RequestLimitExceeded with 503, as a server error.
  if (THROTTLED.has(code)) return { kind: "throttled", code };
  if (status === undefined || status < 400 || status >= 500) return { kind: "unclear", code };
  if (UNDECIDED.has(code) || status === REQUEST_TIMEOUT) return { kind: "unclear", code };
  if (GONE.has(code)) return { kind: "gone", code };
  if (FORBIDDEN.has(code)) return { kind: "forbidden", code };
  return { kind: "refused", code };
}

/** The facts in what the SDK throws: `Code` is EC2's, absent where the SDK made a name up (e.g. `NotFound` of a bare 404). */
export function answerFacts(thrown: unknown): AnswerFacts {
  const { Code, $metadata } = Object(thrown) as { Code?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return {
    ...(typeof Code === "string" && Code !== "" ? { code: Code } : {}),
    ...(typeof status === "number" ? { status } : {}),
  };
}

/** Why a read failed. Where credentials were not to be had, nothing was sent. */
export function cloudError(action: string, thrown: unknown): CloudError {
  if (thrown instanceof CloudError) return thrown;
  const facts = answerFacts(thrown);
  const failure = sortFailure(facts);
  const message = `EC2 ${action}: ${failure.code === undefined ? "" : `${failure.code}: `}${messageOf(thrown)}`;
  return new CloudError(kindOf(failure, facts, thrown), message, { cause: thrown });
}

function kindOf(failure: Failure, { status }: AnswerFacts, thrown: unknown): CloudError["kind"] {
  switch (failure.kind) {
    case "throttled":
    case "forbidden":
      return failure.kind;
    case "gone":
    case "refused":
      return "refused";
    case "unclear":
      if (withoutCredentials(thrown)) return "forbidden";
      return status === undefined || status >= 500 || status === REQUEST_TIMEOUT
        ? "unreachable"
        : "unreadable";
  }
}

/** The SDK's error where no credentials could be had: thrown before a request is signed. */
export function withoutCredentials(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "CredentialsProviderError";
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
