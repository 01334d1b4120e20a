import type { Added, AddRequest, NodeAllocator } from "./allocator.ts";
import type { Operation } from "./operation/operation.ts";
import type { Ran, Runner } from "./operation/runner.ts";
import type { AgentPorts } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { addStatic } from "./statics/add-static.ts";
import { type Assigned, type Assignment, assign, settleAssigned } from "./statics/assign.ts";
import { staticClaim } from "./statics/claim.ts";
import { addFromPool, claimOf, type Exhausted } from "./work/add.ts";
import { delSandbox } from "./work/del.ts";

/** What an allocator does beside handing out and taking back. */
export interface Upkeep {
  maintain(): Promise<void>;
  /**
   * Fills the pool; also where an ADD found nothing in it.
   *
   * @param wanted how many are to be in it at least
   * @returns why nothing is to be had now; undefined: it may have got some
   */
  refill(wanted: number): Promise<string | undefined>;
  leaseChanged(): Promise<void>;
}

/** What the first try finds missing, a refill or an assignment, the next one has. */
const ADD_TRIES = 2;

/** CNI's verbs over a {@link Runner}: ipamd and the daemonless CNI differ in how they come to the lease, in nothing else. */
export function nodeAllocator(
  ports: AgentPorts,
  settings: AgentSettings,
  runner: Runner,
  upkeep: Upkeep,
): NodeAllocator {
  const { patienceSeconds } = settings;
  const inBackground = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      ports.troubled?.(what, error);
      return undefined;
    }
  };
  const again = (why: string): Added => ({ kind: "again", why });
  const tryAdd = (request: AddRequest): Promise<Ran<Added | Exhausted | Assignment>> =>
    heard(runner.run((operation) => add(operation, request), { patienceSeconds }));
  return {
    async add(request) {
      for (let tries = 0; tries < ADD_TRIES; tries++) {
        const ran = await tryAdd(request);
        if (ran.kind === "again") return again(ran.why);
        const { value } = ran;
        if (value.kind === "exhausted") {
          const { spared = 0, taken = 0 } = value;
          const why = await inBackground("refill", () => upkeep.refill(1 + spared + taken));
          if (why !== undefined && spared === 0) return again(why);
          continue;
        }
        if (value.kind !== "assign") return value;
        const assigned = await heard(assignStatic(ports, runner, value, settings));
        if (assigned.kind === "again") return again(assigned.why);
        if (assigned.value.outcome === "stolen") return { kind: "failed", why: assigned.value.why };
      }
      return again("the node has no free address");
    },
    async del(containerID) {
      const ran = await heard(
        runner.run((operation) => delSandbox(operation, containerID), { patienceSeconds }),
      );
      return ran.kind === "ran" ? "done" : "again";
    },
    maintain: () => inBackground("maintain", () => upkeep.maintain()),
    leaseChanged: () => inBackground("hand-over", () => upkeep.leaseChanged()),
  };
}

async function add(operation: Operation, request: AddRequest): Promise<Added | Exhausted | Assignment> {
  const own = operation.ports.host.sandboxes();
  const live = own.find(({ containerID }) => containerID === request.containerID);
  if (live !== undefined) return { kind: "added", address: live.address, interfaceID: live.interfaceID };
  const claim = await staticClaim(operation.ports, request.namespace, request.name);
  return claim === undefined
    ? addFromPool(operation, request, claimOf(request))
    : addStatic(operation, request, claim);
}

/** Without the lease EC2 is asked, with it what came of that is written down. */
async function assignStatic(
  ports: AgentPorts,
  runner: Runner,
  assignment: Assignment,
  { patienceSeconds, recoverySeconds }: AgentSettings,
): Promise<Ran<Assigned>> {
  const assigned = await assign(ports, assignment, recoverySeconds);
  if (assigned.outcome === "again") return { kind: "again", why: assigned.why };
  const ran = await runner.run((operation) => settleAssigned(operation, assignment, assigned), {
    patienceSeconds,
  });
  return ran.kind === "ran" ? { kind: "ran", value: assigned } : ran;
}

/** Whatever the API server or EC2 could not do, the runtime may try again. */
async function heard<T>(running: Promise<Ran<T>>): Promise<Ran<T>> {
  try {
    return await running;
  } catch (error) {
    return { kind: "again", why: error instanceof Error ? error.message : String(error) };
  }
}
