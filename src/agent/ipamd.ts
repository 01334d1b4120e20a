import type { NodeAllocator } from "./allocator.ts";
import type { AgentPorts, HeldLock } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";

/** The daemon's allocator: one a node, it holds the lock file for its life and the lease while it is busy. */
export function createIpamd(_ports: AgentPorts, _settings: AgentSettings, _lock: HeldLock): NodeAllocator {
  throw new Error("not there yet");
}
