import type { SweepMessage } from "../ports/queue.ts";
import type { CleanRequest, CleanSummary, CollectRequest, CollectSummary, SweepSummary } from "./requests.ts";
import type { CollectPorts, Settings, SweepPorts } from "./settings.ts";

export type Collect = (
  ports: CollectPorts,
  settings: Settings,
  request: CollectRequest,
) => Promise<CollectSummary>;
export type Sweep = (ports: SweepPorts, settings: Settings, message: SweepMessage) => Promise<SweepSummary>;
export type Clean = (
  ports: SweepPorts,
  settings: Settings,
  request: CleanRequest,
  maySweep?: () => boolean,
) => Promise<CleanSummary>;

export { clean } from "./clean.ts";
export { collect } from "./collect/index.ts";
export { sweep } from "./sweep/index.ts";
