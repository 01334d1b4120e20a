/** The simulator behind its HTTP front, and the AWS SDK's client of it. */
import { EC2Client, type EC2ClientConfig, UnassignPrivateIpAddressesCommand } from "@aws-sdk/client-ec2";
import { Ec2Front, type Ec2Options, Faults } from "../../../src/sandbox/ec2/index.ts";
import { world } from "./world.ts";

export class Served {
  readonly base: ReturnType<typeof world>;
  readonly faults = new Faults();
  readonly #front: Ec2Front;
  readonly #clients: EC2Client[] = [];
  #endpoint = "";

  private constructor(options: Partial<Ec2Options>) {
    this.base = world(options);
    const { ec2, clock } = this.base;
    const sleep = (milliseconds: number) => Promise.resolve(clock.advance(milliseconds));
    this.#front = new Ec2Front({ ec2, clock: clock.now, faults: this.faults, sleep });
  }

  /** {@link world} with these options, at an address of its own. */
  static async start(options: Partial<Ec2Options> = {}): Promise<Served> {
    const served = new Served(options);
    served.#endpoint = await served.#front.start();
    return served;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.#front.stop();
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /** The SDK signs by the real clock; the offset takes it to the simulated one. */
  client(config: EC2ClientConfig = {}): EC2Client {
    const made = new EC2Client({
      region: "eu-west-1",
      endpoint: this.#endpoint,
      credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
      maxAttempts: 1,
      systemClockOffset: this.base.clock.now() - Date.now(),
      ...config,
    });
    this.#clients.push(made);
    return made;
  }

  /** The request that takes an address from the interface that is there from the start. */
  unassign(address: string): UnassignPrivateIpAddressesCommand {
    return new UnassignPrivateIpAddressesCommand({
      NetworkInterfaceId: this.base.interfaceID,
      PrivateIpAddresses: [address],
    });
  }
}

/**
 * "done", or EC2's code and status. A reset is told by its message: jest runs tests in a realm of their own, and the
 * SDK wraps what isn't an Error there, without its code.
 */
export const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    ({ name, message, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }) =>
      message.includes("ECONNRESET") ? "ECONNRESET" : `${name} ${$metadata?.httpStatusCode}`,
  );
