import type { NodeAllocator } from "./allocator.ts";
import { nodeAllocator } from "./node-allocator.ts";
import { PluginRunner } from "./operation/plugin-runner.ts";
import type { AgentPorts, HostLock } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { Upkeep } from "./upkeep/upkeep.ts";

/** The allocator without a daemon: each call is a process of its own, with no memory but the lock file. */
export function createDaemonless(ports: AgentPorts, settings: AgentSettings, lock: HostLock): NodeAllocator {
  const runner = new PluginRunner(ports, settings, lock);
  const upkeep = new Upkeep(ports, settings, "cni", runner);
  return nodeAllocator(ports, settings, runner, {
    // Whoever asks for the lease takes it: between two calls it is free.
    leaseChanged: () => Promise.resolve(),
    maintain: () => upkeep.maintain(),
    refill: (wanted) => upkeep.refill(wanted),
  });
}
