import { ConnectionReset, type Faults, InjectedError, underFaults } from "../../http/faults.ts";
import { type Exchange, LoopbackServer } from "../../http/loopback-server.ts";
import { isExpired, readSignature } from "../../http/signature.ts";
import { type ActionName, type Input, isActionName, type Output } from "../actions/table.ts";
import type { Ec2 } from "../ec2.ts";
import { Ec2Error } from "../errors.ts";
import { Form } from "./form.ts";
import { INPUTS } from "./inputs.ts";
import { OUTPUTS } from "./outputs.ts";
import { errorDocument, responseDocument } from "./xml.ts";

export interface Ec2FrontOptions {
  readonly ec2: Ec2;
  /** EC2's clock, epoch milliseconds: the Date header, and what X-Amz-Date is held against. */
  readonly clock: () => number;
  readonly faults?: Faults;
  /** For delays; in milliseconds of the clock. Default: no time passes. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Told each request as it arrives, before anything comes of it. */
  readonly onRequest?: (exchange: Exchange) => void;
}

const VERSION = "2016-11-15";

/**
 * EC2's Query API over HTTP on a loopback port. A client whose real time differs from the clock needs
 * `systemClockOffset` in its SDK configuration, for X-Amz-Date may be 15 minutes off at most.
 */
export class Ec2Front {
  readonly #options: Ec2FrontOptions;
  readonly #server: LoopbackServer;
  #requests = 0;

  constructor(options: Ec2FrontOptions) {
    this.#options = options;
    this.#server = new LoopbackServer(options.clock, (exchange) => this.#handle(exchange));
  }

  /** Returns the endpoint's URL. */
  start(): Promise<string> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #handle(exchange: Exchange): Promise<void> {
    this.#options.onRequest?.(exchange);
    const requestID = this.#nextRequestID();
    const answer = (status: number, body: string) =>
      exchange.answer(
        status,
        { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestID },
        body,
      );
    try {
      const { action, inner } = await this.#carryOut(exchange);
      answer(200, responseDocument(action, requestID, inner));
    } catch (error) {
      if (error instanceof ConnectionReset) exchange.drop();
      else if (error instanceof Ec2Error || error instanceof InjectedError)
        answer(error.status, errorDocument(error.code, error.message, requestID));
      else throw error;
    }
  }

  async #carryOut({ request, body }: Exchange): Promise<{ readonly action: string; readonly inner: string }> {
    const { ec2, clock, faults, sleep = () => Promise.resolve() } = this.#options;
    const form = new Form(body);
    const action = form.text("Action") ?? "";
    const version = form.text("Version");
    if (!isActionName(action) || version !== VERSION) {
      throw new Ec2Error("InvalidAction", `The action ${action} is not valid for this web service.`);
    }
    const signature = readSignature(request);
    if (signature === undefined) {
      throw new Ec2Error("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
    }
    const input = readInput(action, form);
    const caller = signature.accessKeyID;
    const effects = faults?.strike({ action, input, caller }) ?? [];
    const output = await underFaults(effects, sleep, () => {
      // After the delays that come before the effect: a request that was long on its way is judged when it arrives.
      if (isExpired(signature.signedAt, clock()))
        throw new Ec2Error("RequestExpired", "Request has expired.");
      return ec2.call(action, input, caller);
    });
    return { action, inner: render(action, output) };
  }

  /** In the form of a UUID; counted, so that runs repeat. */
  #nextRequestID(): string {
    return `00000000-0000-4000-8000-${(++this.#requests).toString(16).padStart(12, "0")}`;
  }
}

function readInput<A extends ActionName>(action: A, form: Form): Input<A> {
  const input = INPUTS[action](form);
  form.requireAllRead();
  return dropAbsent(input) as Input<A>;
}

/** Absent parameters are absent properties, as in a request made in process. */
function dropAbsent(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function render<A extends ActionName>(action: A, output: Output<A>): string {
  return (OUTPUTS[action] as (output: Output<A>) => string)(output);
}
