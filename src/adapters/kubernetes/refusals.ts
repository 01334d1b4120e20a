import { ClusterError } from "../../ports/cluster.ts";
import { statusOf } from "./status.ts";
import { AccessError, type Answer, WireError } from "./wire.ts";

type Kind = ClusterError["kind"];

/** What an answer that isn't a success amounts to, by HTTP status and Status.reason alone. */
export function refusal(what: string, answer: Answer, write: boolean): ClusterError {
  const kind = write ? kindOfRefusedWrite(answer) : kindOfRefusedRead(answer);
  const said = statusOf(answer);
  const words = said === undefined ? "" : `, ${said.reason ?? "no reason"}: ${said.message ?? ""}`;
  return new ClusterError(kind, `${what}: the API server answered ${answer.status}${words}`);
}

function kindOfRefusedRead(answer: Answer): Kind {
  const same = kindOfEither(answer);
  if (same !== undefined) return same;
  if (answer.status >= 500) return "server";
  return statusOf(answer) === undefined ? "unreadable" : "refused";
}

/**
 * A write that was refused did not happen; where it may have, the answer is unclear: the server broke off in mid-work
 * (500, 504: etcd may have got it), or somebody on the way answered in its place.
 */
function kindOfRefusedWrite(answer: Answer): Kind {
  const same = kindOfEither(answer);
  if (same !== undefined) return same;
  if (statusOf(answer) === undefined || answer.status === 500 || answer.status === 504) return "unclear";
  return answer.status > 500 ? "server" : "refused";
}

function kindOfEither({ status, headers }: Answer): Kind | undefined {
  if (status === 429) return "throttled";
  if (status === 401 || status === 403) return "forbidden";
  // A path of a group that it doesn't serve: the API server says so in plain text, a proxy would show a page.
  if (status === 404 && String(headers["content-type"]).startsWith("text/plain")) return "refused";
  return undefined;
}

export function unreachable(what: string, error: unknown, write: boolean): ClusterError {
  if (error instanceof AccessError)
    return new ClusterError("unreachable", `${what}: ${error.message}`, { cause: error.cause });
  const sent = error instanceof WireError ? error.sent : true;
  return write && sent
    ? new ClusterError("unclear", `${what}: sent, and no clear answer came`, { cause: error })
    : new ClusterError("unreachable", `${what}: the API server could not be reached`, { cause: error });
}
