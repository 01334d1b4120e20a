import {
  CreateNetworkInterfaceCommand,
  type CreateNetworkInterfaceCommandInput,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { addressOf } from "../../../src/domain/address.ts";

export interface Ec2Peer {
  readonly endpoint: string;
  /** A VPC of its own, 10.0.0.0/16. */
  readonly vpcID: string;
  /** 10.0.0.0/20 of it; only what the tests lay is in it. */
  readonly subnetID: string;
  /** 10.0.16.0/28 of it, for tests that use it up. */
  readonly smallSubnetID: string;
  /** Runs a m5.large (3 interfaces of 10 addresses) in the first subnet. */
  runInstance(): Promise<{ readonly instanceID: string; readonly interfaceID: string }>;
  stop(): Promise<void>;
}

/** The peer under test, and short ways to lay things in it. */
export class Subject {
  #peer: Ec2Peer | undefined;
  #client: EC2Client | undefined;
  #given = 0;
  /** Tells this run's tags from those that an earlier run left on the same peer. */
  readonly #run = Date.now().toString(36);

  start(peer: Ec2Peer): void {
    this.#peer = peer;
    this.#client = this.signingAs();
  }

  async stop(): Promise<void> {
    this.#client?.destroy();
    await this.#peer?.stop();
  }

  get peer(): Ec2Peer {
    if (this.#peer === undefined) throw new Error("not started");
    return this.#peer;
  }

  get client(): EC2Client {
    if (this.#client === undefined) throw new Error("not started");
    return this.#client;
  }

  /** A client whose clock is off by so much, in milliseconds. */
  signingAs(systemClockOffset = 0): EC2Client {
    const client = new EC2Client({
      region: "eu-west-1",
      endpoint: this.peer.endpoint,
      credentials: { accessKeyId: "AKIDCONTRACT", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    // The SDK mends its clock by the Date of answers: what it writes is dropped.
    Object.defineProperty(client.config, "systemClockOffset", {
      get: () => systemClockOffset,
      set: () => undefined,
    });
    return client;
  }

  /** What is on the wire: the SDK shows nothing of an answer that has no fields. The signature is of the right form only. */
  async bodyOf(form: string): Promise<string> {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const scope = `AKIDCONTRACT/${date.slice(0, 8)}/eu-west-1/ec2/aws4_request`;
    const answer = await fetch(this.peer.endpoint, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0`,
        "x-amz-date": date,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: `Action=${form}&Version=2016-11-15`,
    });
    return answer.text();
  }

  freshName(): string {
    this.#given++;
    return `${this.#run}-${this.#given}`;
  }

  /** An address of the first subnet that no other test names, in its upper half: peers hand out from below. */
  freshAddress(): string {
    this.#given++;
    return addressOf(0x0a_00_08_00 + this.#given);
  }

  /** A /28 of the first subnet that no other test names. */
  freshPrefix(): string {
    this.#given++;
    return `${addressOf(0x0a_00_0c_00 + 16 * this.#given)}/28`;
  }

  async createInterface(more: Partial<CreateNetworkInterfaceCommandInput> = {}): Promise<string> {
    const input = { SubnetId: this.peer.subnetID, ...more };
    const { NetworkInterface: made } = await this.client.send(new CreateNetworkInterfaceCommand(input));
    return made!.NetworkInterfaceId!;
  }

  async interfaceOf(id: string): Promise<NetworkInterface> {
    const { NetworkInterfaces: found } = await this.client.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    );
    return found![0]!;
  }

  /** Its addresses that are not primary. */
  async secondariesOf(id: string): Promise<readonly string[]> {
    const { PrivateIpAddresses: all = [] } = await this.interfaceOf(id);
    return all.filter(({ Primary }) => Primary !== true).map(({ PrivateIpAddress }) => PrivateIpAddress!);
  }
}

/** "done", or the code of the error that a call ends in. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "done";
  } catch (error) {
    if (error instanceof Error) return error.name;
    throw error;
  }
}
