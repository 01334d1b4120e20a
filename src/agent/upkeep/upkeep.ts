import type { NetworkInterface } from "../../domain/evidence.ts";
import { lastAllocator } from "../../domain/node-lease.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { AgentKind } from "../lease/node-lease.ts";
import { usableInterfaces } from "../node/interfaces.ts";
import { Picture } from "../node/picture.ts";
import { NoConfig, readConfig, readView, type View } from "../node/view.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";
import type { Runner } from "../operation/runner.ts";
import type { AgentPorts } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import { staticUpkeep } from "../statics/static-upkeep.ts";
import { freeRecords, hasFreed } from "../work/free-records.ts";
import { InterfaceList } from "./interface-list.ts";
import { pausedEverywhere } from "./pauses.ts";
import { Recovery } from "./recovery.ts";
import { Refills } from "./refill.ts";
import { shrink } from "./shrink.ts";
import { type Balance, balanceOf } from "./warm-pool.ts";

/** The first operation makes the config. */
function isWithoutConfig(error: unknown): true {
  if (error instanceof NoConfig) return true;
  throw error;
}

/** EC2 is asked at most so often for what nothing waits for. */
const QUIET_LOOK_MILLISECONDS = 10 * 60_000;
/** The node's VpcIPs are listed at most so often while its config doesn't change: each list goes through all of the cluster's. */
const QUIET_LIST_MILLISECONDS = 60_000;

/**
 * What waits for nobody's call. Looks first, without the lease: a node where nothing is to be done writes nothing. Each part
 * fails alone.
 */
export class Upkeep {
  readonly #ports: AgentPorts;
  readonly #settings: AgentSettings;
  readonly #kind: AgentKind;
  readonly #runner: Runner;
  readonly #refills: Refills;
  readonly #recovery: Recovery;
  readonly #interfaces: InterfaceList;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What this pass knows. It only tells what to do: an operation reads again, and decides. */
  #picture: Picture | undefined;
  /** What the last pass read. */
  #last: View | undefined;

  constructor(ports: AgentPorts, settings: AgentSettings, kind: AgentKind, runner: Runner) {
    this.#ports = ports;
    this.#settings = settings;
    this.#kind = kind;
    this.#runner = runner;
    this.#recovery = new Recovery(ports, settings.recoverySeconds);
    this.#interfaces = new InterfaceList(ports, settings.recoverySeconds);
    this.#refills = new Refills(ports, settings, kind, runner, (id) => this.#recovery.doubt(id));
  }

  /** Fills the pool where it is low; also up to what an ADD needs that found nothing in it. */
  refill(wanted: number): Promise<string | undefined> {
    return this.#refills.fill(wanted);
  }

  async maintain(): Promise<void> {
    this.#picture = undefined;
    const failures: unknown[] = [];
    const part = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    };
    await part(async () => {
      if (await this.#isUntidy().catch(isWithoutConfig))
        await this.#run((operation) => this.#tidy(operation));
    });
    await part(() => this.#balance());
    await part(async () => staticUpkeep(this.#ports, this.#runner, await this.#look()));
    if (failures.length > 0) throw new AggregateError(failures, "upkeep: not everything could be done");
  }

  async #isUntidy(): Promise<boolean> {
    const picture = await this.#look();
    if (!picture.isOwn) return true;
    const { status, records, now, sandboxes } = picture;
    return (
      picture.isUnsettled ||
      hasFreed(picture) ||
      (status.refills ?? []).some((refill) => this.#refills.isDead(refill, now)) ||
      sandboxes.some(({ address }) => !records.has(address)) ||
      (await this.#isReportDue(picture))
    );
  }

  /** Without a daemon nobody can be asked for the report later: there is always one (H81). */
  async #isReportDue({ status }: Picture): Promise<boolean> {
    if (this.#kind === "ipamd") return false;
    const found = await this.#ports.leases.get(this.#ports.host.nodeName);
    const last = found.found && found.object.readable ? lastAllocator(found.object.object) : undefined;
    return last === undefined || last !== status.reportedUnder;
  }

  async #tidy(operation: Operation): Promise<void> {
    await operation.writeStatus();
    await freeRecords(operation);
    await this.#refills.dropDead(operation);
  }

  /** The pool between low and high water, and what EC2 has to be asked for. */
  async #balance(): Promise<void> {
    const picture = await this.#look();
    const { missing, excess } = picture.isOwn ? await this.#due(picture) : { missing: 0, excess: 0 };
    const now = this.#ports.clock.now();
    const isLookDue =
      this.#recovery.isDue ||
      this.#interfaces.isDue ||
      Math.abs(now - this.#lookedAt) >= QUIET_LOOK_MILLISECONDS;
    if (missing > 0 || excess > 0 || (isLookDue && this.#kind === "ipamd")) {
      const seen = await usableInterfaces(this.#ports);
      this.#lookedAt = now;
      if (excess > 0 || this.#recovery.isDue || this.#interfaces.differs(picture, seen))
        await this.#run((operation) => this.#afterLook(operation, seen, excess > 0));
    }
    if (missing > 0) await this.#refills.fill(0);
  }

  /** What EC2 may be asked for now: without the lease, for most often it may not be for long. */
  async #due(picture: Picture): Promise<Balance> {
    const { missing, excess } = balanceOf(picture);
    const isPaused = missing > 0 && pausedEverywhere(picture, await this.#runner.note()) !== undefined;
    const isHeld = excess > 0 && !(await mayRelease(picture));
    return { missing: isPaused ? 0 : missing, excess: isHeld ? 0 : excess };
  }

  async #afterLook(
    operation: Operation,
    seen: readonly NetworkInterface[],
    mayShrink: boolean,
  ): Promise<void> {
    await this.#interfaces.look(operation, seen);
    if (this.#recovery.isDue && !this.#refills.isOpen) await this.#recovery.look(operation, seen);
    if (mayShrink) await shrink(operation, seen);
  }

  async #look(): Promise<Picture> {
    this.#picture ??= this.#pictureOf(await this.#read());
    return this.#picture;
  }

  /** The VpcIPs of a moment ago do where the config is the same. */
  async #read(): Promise<View> {
    const last = this.#last;
    const config = await readConfig(this.#ports);
    const age = this.#ports.clock.now() - (last?.readAt ?? 0);
    const isQuiet =
      last !== undefined && age >= 0 && age < QUIET_LIST_MILLISECONDS && isSameVersion(last.config, config);
    this.#last = isQuiet ? { ...last, config } : await readView(this.#ports, config);
    return this.#last;
  }

  #pictureOf(view: View): Picture {
    return new Picture({ ports: this.#ports, settings: this.#settings, kind: this.#kind, view });
  }

  /** What an operation has read and written is what the rest of the pass goes by. */
  async #run(work: (operation: Operation) => Promise<unknown>): Promise<void> {
    this.#picture = undefined;
    const view = await this.#runner.run(
      async (operation) => {
        await work(operation);
        return operation.view;
      },
      { patienceSeconds: 0 },
    );
    if (view.kind === "ran" && view.value !== undefined) this.#picture = this.#pictureOf(view.value);
  }
}

const isSameVersion = ({ metadata: a }: StoredNodeENIConfig, { metadata: b }: StoredNodeENIConfig): boolean =>
  a.uid === b.uid && a.resourceVersion === b.resourceVersion;
