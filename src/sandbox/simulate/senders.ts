/** What one process may do, in truth. */
interface Sender {
  /** When it last sent what takes or renews a lease. */
  leaseAt?: number;
  /** How long it may send after that. */
  term: number;
  /** The shortest age of a mark that counts for it, milliseconds. */
  age?: number;
  /** Why it may give nothing back. */
  mayNot?: { readonly promise: "observe" | "bad-clock"; readonly why: string };
}

const AGENT_TERM_MILLISECONDS = 15_000;
const FUNCTION_TERM_MILLISECONDS = 60_000;
/** From a look at the clock to the first byte nothing is waited for but a call that is slow to leave. */
const SLACK_MILLISECONDS = 1_000;

/** The processes that may give something back. */
export class Senders {
  readonly #all = new Map<string, Sender>();

  /** @param age of a mark that counts for it, milliseconds */
  begins(who: string, age: number): void {
    this.#of(who).age = age;
  }

  mayNot(who: string, promise: "observe" | "bad-clock", why: string): void {
    this.#of(who).mayNot ??= { promise, why };
  }

  /** It has sent a write to a lease. */
  leased(who: string, at: number): void {
    this.#of(who).leaseAt = at;
  }

  /** Its clock was set: what it measured counts for nothing. */
  clockSet(who: string): void {
    delete this.#of(who).leaseAt;
    const { mayNot } = this.#of(who);
    if (mayNot?.promise === "bad-clock") delete this.#of(who).mayNot;
  }

  ageOf(who: string): number | undefined {
    return this.#all.get(who)?.age;
  }

  forbidden(who: string): Sender["mayNot"] {
    return this.#all.get(who)?.mayNot;
  }

  /** For how long its lease can have been over, milliseconds; undefined where it is not, or nobody knows. */
  lateBy(who: string, now: number): number | undefined {
    const sender = this.#all.get(who);
    if (sender?.leaseAt === undefined) return undefined;
    const late = now - sender.leaseAt - sender.term - SLACK_MILLISECONDS;
    return late > 0 ? late : undefined;
  }

  #of(who: string): Sender {
    const known = this.#all.get(who);
    if (known !== undefined) return known;
    const term = who.startsWith("agent") ? AGENT_TERM_MILLISECONDS : FUNCTION_TERM_MILLISECONDS;
    const sender: Sender = { term };
    this.#all.set(who, sender);
    return sender;
  }
}
