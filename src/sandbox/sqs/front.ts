import { JsonFront, type JsonFrontOptions } from "../http/json-front.ts";
import { operations } from "./operations.ts";
import type { Sqs } from "./sqs.ts";

/** SQS over HTTP (AWS JSON 1.0) on a loopback port. Queue URLs are `<endpoint>/<account>/<queue>`. */
export class SqsFront {
  readonly #front: JsonFront;
  #endpoint = "";

  constructor({ sqs, ...options }: { readonly sqs: Sqs } & JsonFrontOptions) {
    this.#front = new JsonFront(
      { target: "AmazonSQS", version: "1.0", operations: operations(sqs, () => this.#endpoint) },
      options,
    );
  }

  /** Returns the endpoint's URL. */
  async start(): Promise<string> {
    this.#endpoint = await this.#front.start();
    return this.#endpoint;
  }

  stop(): Promise<void> {
    return this.#front.stop();
  }
}
