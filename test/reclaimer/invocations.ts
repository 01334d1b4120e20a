/** The functions' runs, each with its own ports, and what befalls the calls that they make. */
import type { SweepMessage } from "../../src/ports/queue.ts";
import { clean, collect, sweep } from "../../src/reclaimer/index.ts";
import type {
  CleanRequest,
  CleanSummary,
  CollectRequest,
  CollectSummary,
  SweepSummary,
} from "../../src/reclaimer/requests.ts";
import { DEFAULT_SETTINGS, type Settings, type SweepPorts } from "../../src/reclaimer/settings.ts";
import { CLUSTER_NAME, RECLAIMER_USER } from "../../src/sandbox/engine/world.ts";
import type { Fault } from "../../src/sandbox/http/faults.ts";
import { inProcessPorts, Line } from "../../src/sandbox/in-process/index.ts";
import { SeenCluster } from "./seen-cluster.ts";

/** An error of EC2, and the calls that meet it. */
type Refusal = Extract<Fault, { kind: "error" }>;

export class Invocations extends SeenCluster {
  settings: Settings;

  constructor(over: Partial<Settings> = {}, seed = 1) {
    super(seed);
    this.settings = { ...DEFAULT_SETTINGS, clusterName: CLUSTER_NAME, mode: "release", ...over };
  }

  /** The ports of one invocation. */
  ports(line = new Line(), skewMilliseconds = 0): SweepPorts {
    const { settings, mirror, heard: notices } = this;
    return inProcessPorts(this.world, { settings, notices, mirror, line, skewMilliseconds });
  }

  /** Lets time pass until the work is over, or its function is killed: then there is no answer. */
  async run<T>(work: (ports: SweepPorts) => Promise<T>, line = new Line(), skew = 0): Promise<T | undefined> {
    const killed = line.killed.then(() => undefined);
    return this.clock.until(Promise.race([work(this.ports(line, skew)), killed]));
  }

  /** Begins a run that goes on while other things are driven; its end is awaited with {@link SeenCluster.clock}. */
  begin<T>(work: (ports: SweepPorts) => Promise<T>, line = new Line()): Promise<T> {
    const running = work(this.ports(line));
    running.catch(() => undefined);
    return running;
  }

  beginSweep(node = "a", line = new Line()): Promise<SweepSummary> {
    return this.begin((ports) => sweep(ports, this.settings, messageFor(node)), line);
  }

  /** The answer of a run that must not be killed. */
  async #answer<T>(work: (ports: SweepPorts) => Promise<T>, line?: Line): Promise<T> {
    const answer = await this.run(work, line);
    if (answer === undefined) throw new Error("the function was killed");
    return answer;
  }

  collect(request: "leaks" | "due" | CollectRequest, line?: Line): Promise<CollectSummary> {
    const asked = typeof request === "string" ? { kind: request } : request;
    return this.#answer((ports) => collect(ports, this.settings, asked), line);
  }

  /** One message for a node, beside the queue. */
  sweep(node = "a", more: Partial<SweepMessage> = {}, line?: Line): Promise<SweepSummary> {
    return this.#answer((ports) => sweep(ports, this.settings, { ...messageFor(node), ...more }), line);
  }

  clean(request: Partial<CleanRequest> = {}, line?: Line): Promise<CleanSummary> {
    const asked = { requestId: "by-hand", dryRun: false, ...request };
    return this.#answer((ports) => clean(ports, this.settings, asked), line);
  }

  /**
   * From now on EC2 refuses such calls, whoever makes them.
   *
   * @param more status of the answer, 400 if absent; which calls, all if absent
   */
  cloudRefuses(action: string, code: string, more: Partial<Refusal> = {}) {
    return this.world.ec2Faults.add({ action, kind: "error", code, status: 400, ...more });
  }

  /** Does something when the functions make such a call for the nth time, before it takes effect. */
  when(call: { verb?: string; resource?: string; name?: string; nth?: number }, happen: () => void): void {
    const { verb, resource, name, nth = 1 } = call;
    this.world.kubernetes.faults.add({
      ...(verb === undefined ? {} : { verb: verb as "GET" }),
      ...(resource === undefined ? {} : { resource }),
      ...(name === undefined ? {} : { name }),
      user: RECLAIMER_USER,
      nth,
      kind: "delay",
      get until() {
        happen();
        return Promise.resolve();
      },
    });
  }
}

export function messageFor(node: string): SweepMessage {
  return { node, run: "by-hand", attempt: 0, delaySeconds: 0 };
}
