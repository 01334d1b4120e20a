import {
  type Added,
  type AddRequest,
  createDaemonless,
  createIpamd,
  DEFAULT_AGENT_SETTINGS,
  type HeldLock,
  type NodeAllocator,
} from "../../agent/index.ts";
import { ANNOTATION } from "../../domain/objects/names.ts";
import { inProcessAgentPorts, Line, type LockFile, type Machine } from "../in-process/index.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import { meetsFaults } from "./faults.ts";
import type { Stage } from "./stage.ts";

/** A CNI call that takes longer is given up by the kubelet (its runtime request timeout). */
const CNI_MILLISECONDS = 120_000;
const BUSY_MILLISECONDS = 60_000;
/** Where nothing happens on the node, its maintenance comes ever less often: what it finds in between is nothing again. */
const IDLE_GROWTH = 40;
const LONGEST_IDLE_MILLISECONDS = 6 * 60 * 60_000;
/** Who waits looks at the lease every 200 ms, and sees nothing else than the next one who comes. */
const PATIENCE_SECONDS = 1;
/** A watch tells of a changed Lease so soon. */
const WATCH_MILLISECONDS = 5;

/** The node that it runs on. */
export interface AgentNode {
  readonly name: string;
  readonly kind: "ipamd" | "cni";
  readonly epoch: number;
  readonly skewMilliseconds: number;
  readonly lockFile: LockFile;
  machine(): Machine;
  /** Settles when the instance runs (or is gone). */
  awake(): Promise<void>;
}

/** One process: a daemon for its life, or one call of the plugin without a daemon. */
interface Process {
  readonly line: Line;
  readonly allocator: NodeAllocator;
}

/** The allocator of one node as processes: they start, are killed, stand still, and start again. */
export class Agent {
  readonly #stage: Stage;
  readonly #node: AgentNode;
  /** Every process that lives. */
  readonly #processes = new Set<Process>();
  #daemon: Process | undefined;
  #isStarted = false;
  /** Counts its starts: what belongs to an earlier one has ended. */
  #life = 0;
  #idle = BUSY_MILLISECONDS;
  /** How long it sleeps now, at most. */
  #rests = 0;
  #wake = (): void => undefined;
  #isLooking = false;

  constructor(stage: Stage, node: AgentNode) {
    this.#stage = stage;
    this.#node = node;
  }

  /** The supervisor starts it, and from now on starts it again where it dies. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.busy();
    this.#stage.spawn(this.#live(++this.#life));
  }

  /** `kill -9` of whatever runs. Nobody starts it again before {@link Agent.start}. */
  kill(): void {
    this.#isStarted = false;
    for (const { line } of this.#processes) line.kill();
    this.#processes.clear();
    this.#daemon = undefined;
    this.#wake();
  }

  /** All its processes stand still. */
  pause(until: Promise<unknown>): void {
    for (const { line } of this.#processes) line.pause(until);
  }

  async add(request: AddRequest): Promise<Added> {
    const why = (error: unknown): Added => ({ kind: "again", why: String(error) });
    return this.#call((allocator) => allocator.add(request)).catch(why);
  }

  async del(containerID: string): Promise<"done" | "again"> {
    return this.#call((allocator) => allocator.del(containerID)).catch(() => "again" as const);
  }

  /** The node's Lease object was written: a daemon watches it, and looks where somebody asks for it. */
  leaseChanged({ metadata }: Pick<KubeObject, "metadata">): void {
    const daemon = this.#daemon;
    if (daemon === undefined || this.#isLooking || !isAskedFor(metadata)) return;
    this.#isLooking = true;
    this.#stage.spawn(
      this.#stage.sleep(WATCH_MILLISECONDS).then(() => {
        this.#isLooking = false;
        return daemon.line.isDead ? undefined : daemon.allocator.leaseChanged().catch(() => undefined);
      }),
    );
  }

  /** There is something to do: the next pass of maintenance comes soon. */
  busy(): void {
    this.#idle = BUSY_MILLISECONDS;
    if (this.#rests > BUSY_MILLISECONDS) this.#wake();
  }

  async #call<T>(work: (allocator: NodeAllocator) => Promise<T>): Promise<T> {
    this.busy();
    const process =
      this.#daemon ?? (this.#node.kind === "cni" && this.#isStarted ? await this.#begin() : undefined);
    if (process === undefined) throw new Error("nobody answers");
    const { line } = process;
    const { rings, stop } = this.#stage.clock.timer(CNI_MILLISECONDS);
    try {
      const died = line.killed.then(() => "it died" as const);
      const late = rings.then(() => "timeout" as const);
      const done = work(process.allocator).then((value) => ({ value }));
      const ended = await Promise.race([done, died, late]);
      if (typeof ended === "string") throw new Error(ended);
      return ended.value;
    } finally {
      stop();
      if (process !== this.#daemon) this.#end(process);
    }
  }

  /** Maintenance: by the daemon, which is started again where it died; without one by a process now and then. */
  async #live(life: number): Promise<void> {
    const { epoch } = this.#node;
    const isOver = (): boolean => !this.#isStarted || this.#life !== life || this.#node.epoch !== epoch;
    while (!isOver()) {
      await this.#node.awake();
      const process = this.#daemon ?? (await this.#begin());
      if (isOver()) {
        // Killed while it began: it must not hold the lock file for ever.
        if (process !== undefined && process !== this.#daemon) this.#end(process);
        return;
      }
      if (process !== undefined) {
        if (this.#node.kind === "ipamd") this.#daemon = process;
        await Promise.race([process.allocator.maintain().catch(() => undefined), process.line.killed]);
        if (process.line.isDead || this.#node.kind === "cni") this.#end(process);
      }
      await this.#rest(isOver);
    }
  }

  /** Until the next pass. Where something happens meanwhile, that comes soon, and is one for all that happened. */
  async #rest(isOver: () => boolean): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#rests = this.#idle;
    this.#idle = Math.min(this.#rests * IDLE_GROWTH, LONGEST_IDLE_MILLISECONDS);
    const isWoken = await Promise.race([this.#stage.sleep(this.#rests), woken.then(() => true)]);
    this.#rests = 0;
    if (isWoken === true && !isOver()) await this.#stage.sleep(BUSY_MILLISECONDS);
  }

  #end(process: Process): void {
    this.#processes.delete(process);
    if (this.#daemon === process) this.#daemon = undefined;
    process.line.kill();
  }

  /** Undefined where another daemon still holds the lock file. */
  async #begin(): Promise<Process | undefined> {
    const stage = this.#stage;
    const node = this.#node;
    const seed = stage.nextSeed();
    const line = new Line(stage.latency(seed));
    meetsFaults(
      line,
      seed,
      () => stage.rates.agents,
      stage.sleep,
      (...call) => stage.told(`agent ${node.name}`, ...call),
      stage.trapsOf(`agent ${node.name}`),
    );
    const inProcess = inProcessAgentPorts(stage.world, node.machine(), {
      line,
      skewMilliseconds: () => node.skewMilliseconds,
    });
    const ports = { ...inProcess, releaser: stage.noting(`agent ${node.name}`, inProcess.releaser) };
    const file = node.lockFile.seenBy(line, ports.clock);
    let lock: HeldLock | undefined;
    if (node.kind === "ipamd") {
      lock = await file.acquire(0);
      if (lock === undefined) return undefined;
    }
    const settings = {
      ...DEFAULT_AGENT_SETTINGS,
      warmPool: { min: 1, max: 4 },
      patienceSeconds: PATIENCE_SECONDS,
    };
    const allocator =
      lock === undefined ? createDaemonless(ports, settings, file) : createIpamd(ports, settings, lock);
    const process = { line, allocator };
    this.#processes.add(process);
    return process;
  }
}

const isAskedFor = ({ annotations = {} }: KubeObject["metadata"]): boolean =>
  Object.keys(annotations).some((key) => key.startsWith(ANNOTATION.handOverRequestPrefix));
