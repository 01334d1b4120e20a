const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
const CONNECTION_TIMEOUT_MILLISECONDS = 3_000;

/** Options of the SDK's HTTP handler: without them it waits for ever, and its requestTimeout only warns. */
export function boundedRequests(timeoutMilliseconds: number = REQUEST_TIMEOUT_MILLISECONDS): {
  requestTimeout: number;
  socketTimeout: number;
  connectionTimeout: number;
  throwOnRequestTimeout: true;
} {
  return {
    requestTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    connectionTimeout: CONNECTION_TIMEOUT_MILLISECONDS,
    throwOnRequestTimeout: true,
  };
}
