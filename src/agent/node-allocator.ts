import type { Added, AddRequest, NodeAllocator } from "./allocator.ts";
import type { Operation } from "./operation/operation.ts";
import type { Ran, Runner } from "./operation/runner.ts";
import type { AgentPorts } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { addFromPool, claimOf, type Exhausted } from "./work/add.ts";
import { delSandbox } from "./work/del.ts";

/** What an allocator does beside handing out and taking back. */
export interface Upkeep {
  maintain(): Promise<void>;
  /** Fills the pool; also where an ADD found it empty. */
  refill(): Promise<void>;
  leaseChanged(): Promise<void>;
}

/** CNI's verbs over a {@link Runner}: ipamd and the daemonless CNI differ in how they come to the lease, in nothing else. */
export function nodeAllocator(
  ports: AgentPorts,
  settings: AgentSettings,
  runner: Runner,
  upkeep: Upkeep,
): NodeAllocator {
  const { patienceSeconds } = settings;
  const inBackground = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      ports.troubled?.(what, error);
    }
  };
  const again = (why: string): Added => ({ kind: "again", why });
  const tryAdd = (request: AddRequest): Promise<Ran<Added | Exhausted>> =>
    heard(runner.run((operation) => add(operation, request), { patienceSeconds }));
  return {
    async add(request) {
      const first = await tryAdd(request);
      if (first.kind === "again") return again(first.why);
      if (first.value.kind !== "exhausted") return first.value;
      await inBackground("refill", () => upkeep.refill());
      const second = await tryAdd(request);
      if (second.kind === "again") return again(second.why);
      return second.value.kind === "exhausted" ? again("the node has no free address") : second.value;
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

async function add(operation: Operation, request: AddRequest): Promise<Added | Exhausted> {
  const own = operation.ports.host.sandboxes();
  const live = own.find(({ containerID }) => containerID === request.containerID);
  if (live !== undefined) return { kind: "added", address: live.address, interfaceID: live.interfaceID };
  return addFromPool(operation, request, claimOf(request));
}

/** Whatever the API server or EC2 could not do, the runtime may try again. */
async function heard<T>(running: Promise<Ran<T>>): Promise<Ran<T>> {
  try {
    return await running;
  } catch (error) {
    return { kind: "again", why: error instanceof Error ? error.message : String(error) };
  }
}
