import { requestsOfAgent } from "./calls-of-agent.ts";
import { requestsOfFunctions } from "./calls-of-functions.ts";
import { requestsOfPeople } from "./calls-of-people.ts";
import type { Who } from "./identities.ts";
import { distinct, type Request } from "./request.ts";

/** What each of them asks of the API server. */
export async function neededRequests(): Promise<Readonly<Record<Who, readonly Request[]>>> {
  const functions = await requestsOfFunctions();
  const [collect = [], reclaim = [], clean = []] = (["collect", "reclaim", "clean"] as const).map((name) =>
    functions.get(name),
  );
  return {
    collect,
    reclaim,
    // It sweeps, too (src/reclaimer/clean.ts calls sweepNode): whatever a sweep asks, it may have to ask.
    clean: distinct([...clean, ...reclaim]),
    agent: await requestsOfAgent(),
    operator: requestsOfPeople(),
  };
}
