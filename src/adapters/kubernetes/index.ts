import type { Clock } from "../../ports/clock.ts";
import type { ClusterReader, ClusterWriter, LeaseStore } from "../../ports/cluster.ts";
import { Calls, TIMEOUTS, type Timeouts } from "./calls.ts";
import { openFollowingWire, type ReadAccess } from "./following-wire.ts";
import type { ClusterAccess } from "./kubeconfig.ts";
import { leaseStore } from "./leases.ts";
import { clusterReader } from "./reader.ts";
import { openWire, type Wire, type WireOptions } from "./wire.ts";
import { clusterWriter } from "./writer.ts";

export type { KnownAccess, ReadAccess } from "./following-wire.ts";
export {
  accessFromKubeconfig,
  accessFromKubeconfigFile,
  accessWithToken,
  type ClusterAccess,
  type TokenProvider,
} from "./kubeconfig.ts";

export interface ClusterOptions {
  /** The way to the API server, or who tells it: asked when the first request is sent, and again where it leads nowhere any more. */
  readonly access: ClusterAccess | ReadAccess;
  readonly clock: Clock;
  /** Shown in the API server's audit log, and what comes before its first slash as the manager of fields. */
  readonly userAgent?: string;
  readonly timeouts?: Partial<Timeouts>;
  /** Aborts a request after so many milliseconds; AbortSignal.timeout where nothing is given. */
  readonly deadline?: (milliseconds: number) => AbortSignal;
}

export interface Cluster {
  readonly reader: ClusterReader;
  readonly writer: ClusterWriter;
  readonly leases: LeaseStore;
  /** Closes the kept connections. */
  close(): void;
}

/** A cluster behind its API server. Nothing is sent until something is asked. */
export function openCluster(options: ClusterOptions): Cluster {
  const { access, clock, userAgent = "eni-reclaimer", deadline } = options;
  const wireOptions: WireOptions = { userAgent, now: () => clock.now(), ...(deadline && { deadline }) };
  const wire =
    typeof access === "function" ? openFollowingWire(access, wireOptions) : openWire(access, wireOptions);
  return clusterOver(wire, clock, options.timeouts);
}

/** A cluster behind any wire: HTTP, or a simulator in this process. */
export function clusterOver(wire: Wire, clock: Clock, timeouts: Partial<Timeouts> = {}): Cluster {
  const calls = new Calls(wire, clock, { ...TIMEOUTS, ...timeouts });
  return {
    reader: clusterReader(calls),
    writer: clusterWriter(calls),
    leases: leaseStore(calls),
    close: () => wire.close(),
  };
}
