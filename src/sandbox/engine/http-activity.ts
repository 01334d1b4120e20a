import { subscribe, unsubscribe } from "node:diagnostics_channel";

/**
 * How many HTTP requests of this process are on their way, by Node's own account (Node.js documentation, "Diagnostics
 * Channel", HTTP). While one is, somebody is at work, also where the event loop has nothing to do for a moment.
 */
export class HttpActivity {
  readonly #underWay = new Set<object>();
  #waitingServers = 0;
  #steps = 0;
  readonly #started = (message: unknown): void => {
    this.#steps++;
    this.#underWay.add(requestOf(message));
  };
  readonly #ended = (message: unknown): void => {
    this.#steps++;
    this.#underWay.delete(requestOf(message));
  };

  constructor() {
    subscribe("http.client.request.start", this.#started);
    subscribe("http.client.response.finish", this.#ended);
    subscribe("http.client.request.error", this.#ended);
  }

  stop(): void {
    unsubscribe("http.client.request.start", this.#started);
    unsubscribe("http.client.response.finish", this.#ended);
    unsubscribe("http.client.request.error", this.#ended);
  }

  /** Grows with each request and each answer: whoever got an answer has something to do next. */
  get steps(): number {
    return this.#steps;
  }

  get isAtWork(): boolean {
    return this.#underWay.size > this.#waitingServers;
  }

  /** A server that makes a caller wait for time to pass: that caller is not at work. */
  async whileServerWaits(wait: () => Promise<void>): Promise<void> {
    this.#waitingServers++;
    try {
      await wait();
    } finally {
      this.#waitingServers--;
    }
  }
}

function requestOf(message: unknown): object {
  return (message as { readonly request: object }).request;
}
