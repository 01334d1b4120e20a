/**
 * The node's side of the protocol (design §4): what ipamd and the daemonless CNI do with the node lease, VpcIPs and their
 * NodeENIConfig. Processes, sockets and the file lock itself are their drivers' business.
 */
export type { Added, AddRequest, NodeAllocator } from "./allocator.ts";
export { createDaemonless } from "./daemonless.ts";
export { createIpamd } from "./ipamd.ts";
export type {
  AgentPorts,
  HeldLock,
  Host,
  HostLock,
  LiveSandbox,
} from "./ports.ts";
export { type AgentSettings, DEFAULT_AGENT_SETTINGS } from "./settings.ts";
