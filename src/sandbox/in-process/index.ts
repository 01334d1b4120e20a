/**
 * A world without HTTP and without real time: the real use cases and adapters against the simulators in one process. Every
 * call can be lost, late or the last one, and time passes only where everybody waits for it.
 */
export {
  type AgentOptions,
  inProcessAgentPorts,
  LockFile,
  type Machine,
  machineOf,
} from "./agent-ports.ts";
export { ManualClock } from "./clock.ts";
export { type Crossing, type Fate, Line, type Moment, POINTS } from "./line.ts";
export { MirrorCell } from "./mirror.ts";
export { type InProcessOptions, inProcessPorts } from "./ports.ts";
