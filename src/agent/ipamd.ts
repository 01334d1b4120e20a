import type { NodeAllocator } from "./allocator.ts";
import { nodeAllocator } from "./node-allocator.ts";
import { DaemonRunner } from "./operation/daemon-runner.ts";
import type { AgentPorts, HeldLock } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { Upkeep } from "./upkeep/upkeep.ts";

/** The daemon's allocator: one a node, it holds the lock file for its life and the lease while it is busy. */
export function createIpamd(ports: AgentPorts, settings: AgentSettings, lock: HeldLock): NodeAllocator {
  const runner = new DaemonRunner(ports, settings, lock);
  const upkeep = new Upkeep(ports, settings, "ipamd", runner);
  return nodeAllocator(ports, settings, runner, {
    leaseChanged: () => runner.handOverIfAsked(),
    refill: (wanted) => upkeep.refill(wanted),
    async maintain() {
      // A change of the lease may have been missed.
      await runner.handOverIfAsked();
      await upkeep.maintain();
    },
  });
}
