import type { NodeAllocator } from "./allocator.ts";
import type { AgentPorts, HostLock } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";

/** The allocator without a daemon: each call is a process of its own, with no memory but the lock file. */
export function createDaemonless(
  _ports: AgentPorts,
  _settings: AgentSettings,
  _lock: HostLock,
): NodeAllocator {
  throw new Error("not there yet");
}
