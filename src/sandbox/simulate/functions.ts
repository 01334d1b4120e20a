import { readSweepMessage } from "../../adapters/sqs/message.ts";
import { clean, collect, sweep } from "../../reclaimer/index.ts";
import type { CleanRequest, CollectRequest } from "../../reclaimer/requests.ts";
import type { SweepPorts } from "../../reclaimer/settings.ts";
import { inProcessPorts, Line, type MirrorCell } from "../in-process/index.ts";
import { Dice } from "./dice.ts";
import { meetsFaults } from "./faults.ts";
import type { Stage } from "./stage.ts";

const GREATEST_SKEW_MILLISECONDS = 10 * 60_000;

/** How often a function's lists come in many pages. */
const SHORT_PAGES = 0.1;

/** The functions, each invocation a process of its own with a clock of its own. */
export class Functions {
  readonly #stage: Stage;
  /** What a test makes of a function's ports: so bugs are planted. */
  bend: (ports: SweepPorts) => SweepPorts = (ports) => ports;
  readonly #mirror: MirrorCell = { state: undefined };
  #count = 0;
  /** How many are at work, frozen ones too. */
  active = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  collect(request: CollectRequest, seed: number): Promise<boolean> {
    return this.#invoke(`collect ${request.kind}`, seed, (ports) =>
      collect(ports, this.#stage.settings, request),
    );
  }

  clean(request: CleanRequest, seed: number): Promise<boolean> {
    return this.#invoke("clean", seed, (ports) => clean(ports, this.#stage.settings, request));
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
        const isDone = await this.#invoke(`sweep ${message.node}`, dice.seed(), (ports) =>
          sweep(ports, this.#stage.settings, message),
        );
        if (isDone) queue.delete(receiptHandle);
      }),
    );
    return messages.length;
  }

  /** @returns whether it ended well */
  async #invoke(what: string, seed: number, work: (ports: SweepPorts) => Promise<unknown>): Promise<boolean> {
    const stage = this.#stage;
    const { world, settings, log } = stage;
    const name = `function ${++this.#count} ${what}`;
    const dice = new Dice(seed);
    const line = new Line(stage.latency(dice.seed()));
    meetsFaults(
      line,
      dice.seed(),
      () => stage.rates.functions,
      stage.sleep,
      (crossing, fate) => stage.told(name, crossing, fate),
      stage.trapsOf(name),
    );
    const skew = this.#skew(dice);
    const pages = dice.chance(SHORT_PAGES) ? { longestPage: 1 + dice.below(4) } : {};
    const options = { settings, notices: stage.notices, mirror: this.#mirror, line, ...pages };
    const ports = this.bend(inProcessPorts(world, { ...options, skewMilliseconds: skew }));
    log.add(name, "begins");
    this.active++;
    const killed = line.killed.then(() => "was killed");
    const ended = await Promise.race([
      work(ports).then(
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
  #skew(dice: Dice): () => number {
    const { badClocks } = this.#stage;
    const draw = (): number =>
      dice.chance(badClocks) ? (dice.next() * 2 - 1) * GREATEST_SKEW_MILLISECONDS : 0;
    let skew = draw();
    return () => {
      if (badClocks > 0 && dice.chance(badClocks / 50)) skew = draw();
      return skew;
    };
  }
}
