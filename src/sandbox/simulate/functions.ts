import { readSweepMessage } from "../../adapters/sqs/message.ts";
import type { MirroredState } from "../../ports/mirror.ts";
import { clean, collect, sweep } from "../../reclaimer/index.ts";
import type { CleanRequest, CollectRequest, SweepOutcome } from "../../reclaimer/requests.ts";
import type { SweepPorts } from "../../reclaimer/settings.ts";
import { inProcessPorts, Line, MirrorCell } from "../in-process/index.ts";
import { Dice } from "./dice.ts";
import { meetsFaults } from "./faults.ts";
import { Pauses } from "./pauses.ts";
import type { Stage } from "./stage.ts";

const GREATEST_SKEW_MILLISECONDS = 10 * 60_000;
/** EC2's time comes in whole seconds. */
const TOLERATED_SKEW_MILLISECONDS = 62_000;

/** One run of a function. */
interface Invocation {
  readonly what: string;
  readonly seed: number;
  /** Of a mark that counts, milliseconds. */
  readonly age: number;
  readonly isDryRun?: boolean;
}

/** The functions, each invocation a process of its own with a clock of its own. */
export class Functions {
  readonly #stage: Stage;
  readonly #pauses: Pauses;
  /** What a test makes of a function's ports: so bugs are planted. */
  bend: (ports: SweepPorts) => SweepPorts = (ports) => ports;
  readonly #mirror = new MirrorCell();
  #count = 0;
  /** How many are at work, frozen ones too. */
  active = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#pauses = new Pauses(stage);
  }

  /** What the mirror outside of etcd knows. */
  get mirrored(): MirroredState | undefined {
    return this.#mirror.state;
  }

  collect(request: CollectRequest, seed: number): Promise<boolean> {
    return this.#invoke({ what: `collect ${request.kind}`, seed, age: this.#age() }, (ports) =>
      collect(ports, this.#stage.settings, request),
    );
  }

  clean(request: CleanRequest, seed: number): Promise<boolean> {
    const { dryRun, minimumAgeSeconds } = request;
    const age = minimumAgeSeconds === undefined ? this.#age() : minimumAgeSeconds * 1000;
    return this.#invoke({ what: "clean", seed, age: Math.max(age, 60_000), isDryRun: dryRun }, (ports) =>
      clean(ports, this.#stage.settings, request),
    );
  }

  #age(): number {
    return this.#stage.settings.markAgeSeconds * 1000;
  }

  /** Takes so many messages at once, each in a function of its own. A message whose function did not end well comes again. */
  async drain(maximum: number, seed: number): Promise<number> {
    const { queue } = this.#stage.world;
    const dice = new Dice(seed);
    const messages = queue.receive(maximum);
    await Promise.all(
      messages.map(async ({ body, receiptHandle = "" }) => {
        const read = readSweepMessage(body);
        if (!read.readable) throw new Error(read.why);
        const message = read.object;
        const invocation = { what: `sweep ${message.node}`, seed: dice.seed(), age: this.#age() };
        const lookAgain = this.#pauses.begins(`function ${this.#count + 1} ${invocation.what}`, message.node);
        let outcome: SweepOutcome | undefined;
        const isDone = await this.#invoke(invocation, async (ports) => {
          const summary = await sweep(ports, this.#stage.settings, message);
          outcome = summary.outcome;
          return summary;
        });
        lookAgain(isDone ? outcome : undefined, this.active);
        if (isDone) queue.delete(receiptHandle);
      }),
    );
    return messages.length;
  }

  /** @returns whether it ended well */
  async #invoke(
    { what, seed, age, isDryRun = false }: Invocation,
    work: (ports: SweepPorts) => Promise<unknown>,
  ): Promise<boolean> {
    const stage = this.#stage;
    const { world, settings, log, longestPage } = stage;
    const { senders } = stage.oracle;
    const name = `function ${++this.#count} ${what}`;
    senders.begins(name, age);
    if (isDryRun) senders.mayNot(name, "observe", "it was asked what it would do");
    if (settings.mode === "observe") senders.mayNot(name, "observe", "the mode is observe");
    const dice = new Dice(seed);
    const line = new Line(stage.latency(dice.seed()));
    meetsFaults(
      line,
      dice.seed(),
      () => stage.rates.functions,
      stage.sleep,
      (...call) => stage.told(name, ...call),
      stage.trapsOf(name),
    );
    const skew = this.#skew(name, dice);
    const pages = longestPage === undefined ? {} : { longestPage };
    const options = { settings, notices: stage.notices, mirror: this.#mirror, line, ...pages };
    const whole = inProcessPorts(world, { ...options, skewMilliseconds: skew });
    const ports = { ...whole, cloud: stage.hiding(whole.cloud) };
    const bent = this.bend({ ...ports, releaser: stage.noting(name, ports.releaser) });
    log.add(name, "begins");
    this.active++;
    const killed = line.killed.then(() => "was killed");
    const ended = await Promise.race([
      work(bent).then(
        (summary) => ({ summary }),
        (error: unknown) => `failed: ${String(error)}`,
      ),
      killed,
    ]);
    this.active--;
    log.add(name, typeof ended === "string" ? ended : JSON.stringify(ended.summary));
    return typeof ended !== "string";
  }

  /** Minutes off, and set in the middle, where clocks are bad. */
  #skew(name: string, dice: Dice): () => number {
    const { badClocks, oracle } = this.#stage;
    const draw = (): number =>
      dice.chance(badClocks) ? (dice.next() * 2 - 1) * GREATEST_SKEW_MILLISECONDS : 0;
    let skew = draw();
    if (Math.abs(skew) > TOLERATED_SKEW_MILLISECONDS)
      oracle.senders.mayNot(name, "bad-clock", `its clock is off by ${Math.round(skew)} ms`);
    return () => {
      if (badClocks < 1 && badClocks > 0 && dice.chance(badClocks / 50)) {
        skew = draw();
        oracle.senders.clockSet(name);
      }
      return skew;
    };
  }
}
