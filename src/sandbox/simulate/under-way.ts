import type { Address } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { KubeObject } from "../kubernetes/index.ts";

/** EC2 takes a request for a quarter of an hour from its signature on; own clocks may be a minute off. */
const LONGEST_MILLISECONDS = 14 * 60_000;

interface Request {
  readonly address: Address;
  readonly interfaceID: string;
  readonly sentAt: number;
}

/**
 * Requests of ours that have left, that nobody has heard of, and that EC2 will yet obey. Until then the address's record must tell
 * of it, or somebody gets the address there and loses it again.
 */
export class UnderWay {
  readonly #requests = new Set<Request>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param arrives settles when EC2 has it */
  left(interfaceID: string, addresses: readonly Address[], arrives: Promise<unknown>): void {
    for (const address of addresses) {
      const request = { address, interfaceID, sentAt: this.#now() };
      this.#requests.add(request);
      void arrives.then(() => this.#requests.delete(request));
    }
  }

  /** A person deletes that record, or etcd forgets it: nobody can know any more. */
  forget(name?: string): void {
    for (const request of this.#requests)
      if (name === undefined || request.address === name) this.#requests.delete(request);
  }

  /** @returns what is wrong with the change of a VpcIP */
  changed(record: KubeObject, isDeleted: boolean): string | undefined {
    if (this.#requests.size === 0) return undefined;
    const { metadata, spec } = record as unknown as StoredVpcIP;
    for (const { address, interfaceID, sentAt } of this.#requests) {
      if (address !== metadata.name || this.#now() - sentAt > LONGEST_MILLISECONDS) continue;
      const isIntended = spec.release?.interfaceID === interfaceID;
      const isBound = spec.tombstones?.some((tombstone) => tombstone.interfaceID === interfaceID) === true;
      if (isDeleted || !(isIntended || isBound))
        return `VpcIP ${address} ${isDeleted ? "is gone" : "says nothing"} of a request for it on ${interfaceID}, ${this.#now() - sentAt} ms on its way`;
    }
    return undefined;
  }
}
