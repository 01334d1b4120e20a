const THROTTLED: ReadonlySet<string> = new Set([
  "KmsThrottled",
  "RequestThrottled",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TooManyUpdates",
]);
const TOO_MANY_REQUESTS = 429;

/**
 * True for a failure that may pass by itself: nobody answered, the service failed, or there were too many calls. For
 * services of the AWS JSON protocol, whose error codes are the names of what the SDK throws.
 */
export function mayPass(thrown: unknown): boolean {
  const { name, $metadata } = Object(thrown) as {
    readonly name?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
  };
  if (name === "CredentialsProviderError") return false;
  if (typeof name === "string" && THROTTLED.has(name)) return true;
  const status = $metadata?.httpStatusCode;
  return typeof status !== "number" || status >= 500 || status === TOO_MANY_REQUESTS;
}

/** What a failure calls itself and says, in one line: the SDK adds lines of advice to what it could not read. */
export function wordsOf(cause: unknown): string {
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return words.replace(/\n[\s\S]*$/, "");
}
