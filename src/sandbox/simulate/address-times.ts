import type { LiveSandbox } from "../../agent/index.ts";
import type { Address } from "../../domain/address.ts";

interface LastUse {
  readonly sandbox: LiveSandbox;
  readonly connectedAt: number;
  endedAt: number | undefined;
}

const keyOf = (address: Address, interfaceID: string): string => `${address} ${interfaceID}`;

/** Since when an address can have looked as if nobody had it: by EC2, the kernels and the kubelets. */
export class AddressTimes {
  readonly #firstAssigned = new Map<string, number>();
  readonly #lastUse = new Map<string, LastUse>();
  readonly #podEnded = new Map<string, number>();
  /** By container ID: when a VpcIP that names it was made last. */
  readonly #recorded = new Map<string, number>();
  #forgottenAt = Number.NEGATIVE_INFINITY;

  assigned(address: Address, interfaceID: string, at: number): void {
    const key = keyOf(address, interfaceID);
    if (!this.#firstAssigned.has(key)) this.#firstAssigned.set(key, at);
  }

  connected(sandbox: LiveSandbox, at: number): void {
    this.#lastUse.set(keyOf(sandbox.address, sandbox.interfaceID), {
      sandbox,
      connectedAt: at,
      endedAt: undefined,
    });
  }

  disconnected({ address, interfaceID, containerID }: LiveSandbox, at: number): void {
    const use = this.#lastUse.get(keyOf(address, interfaceID));
    if (use?.sandbox.containerID === containerID) use.endedAt ??= at;
  }

  /** A VpcIP was made for that sandbox. */
  recorded(containerID: string, at: number): void {
    this.#recorded.set(containerID, at);
  }

  /** The Pod's object is gone, or says that it has finished. */
  podEnded(podUID: string, at: number): void {
    if (!this.#podEnded.has(podUID)) this.#podEnded.set(podUID, at);
  }

  /** Etcd has lost its memory: marks from before may be there again, and what kept an address may not. */
  forget(at: number): void {
    this.#forgottenAt = at;
  }

  /** The earliest time at which nobody seemed to have it; undefined where etcd may know of an earlier one. */
  unaccountedSince(address: Address, interfaceID: string): number | undefined {
    const key = keyOf(address, interfaceID);
    const use = this.#lastUse.get(key);
    const ended =
      use === undefined
        ? Number.NEGATIVE_INFINITY
        : Math.max(
            use.connectedAt,
            Math.min(
              use.endedAt ?? Number.POSITIVE_INFINITY,
              this.#podEnded.get(use.sandbox.podUID) ?? Number.POSITIVE_INFINITY,
            ),
          );
    const since = Math.max(this.#firstAssigned.get(key) ?? Number.NEGATIVE_INFINITY, ended);
    return since < this.#forgottenAt ? undefined : since;
  }

  /** The last sandbox that had it there, and when that ended; undefined where it lives, nobody had it, or its record may be lost. */
  lastUse(
    address: Address,
    interfaceID: string,
  ): { readonly sandbox: LiveSandbox; readonly endedAt: number } | undefined {
    const use = this.#lastUse.get(keyOf(address, interfaceID));
    if (use === undefined) return undefined;
    const recordedAt = this.#recorded.get(use.sandbox.containerID) ?? use.connectedAt;
    return use.endedAt === undefined || Math.min(use.connectedAt, recordedAt) < this.#forgottenAt
      ? undefined
      : { sandbox: use.sandbox, endedAt: use.endedAt };
  }
}
