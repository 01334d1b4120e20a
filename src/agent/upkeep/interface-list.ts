import type { NetworkInterface } from "../../domain/evidence.ts";
import { noted } from "../node/interfaces.ts";
import type { Picture } from "../node/picture.ts";
import type { Operation } from "../operation/operation.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * Keeps `status.interfaces` as EC2 has them: a new one is listed at once, one that EC2 doesn't show attached goes, with what
 * the pool has of it, after two looks.
 */
export class InterfaceList {
  readonly #ports: AgentPorts;
  readonly #milliseconds: number;
  /** By interface: when it was first missing, own time. */
  readonly #missing = new Map<string, number>();

  constructor(ports: AgentPorts, secondLookSeconds: number) {
    this.#ports = ports;
    this.#milliseconds = secondLookSeconds * 1000;
  }

  /**
   * Whether the list is to be changed. Takes note of what is missing.
   *
   * @param seen what EC2 has now, of this node, usable
   */
  differs(picture: Picture, seen: readonly NetworkInterface[]): boolean {
    return this.#lost(picture, seen).size > 0 || hasNew(picture, seen);
  }

  /** @param seen as above */
  async look(operation: Operation, seen: readonly NetworkInterface[]): Promise<void> {
    const lost = this.#lost(operation, seen);
    if (lost.size === 0 && !hasNew(operation, seen)) return;
    await operation.writeStatus((status) => {
      const stays = (status.interfaces ?? []).filter(({ id }) => !lost.has(id));
      const listed = new Set(stays.map(({ id }) => id));
      const isHere = ({ interfaceID }: { readonly interfaceID: string }): boolean => !lost.has(interfaceID);
      return {
        ...status,
        interfaces: [...stays, ...seen.filter(({ id }) => !listed.has(id)).map(noted)],
        pool: (status.pool ?? []).filter(isHere),
        cooling: (status.cooling ?? []).filter(isHere),
        refills: (status.refills ?? []).filter(isHere),
      };
    });
    for (const id of lost) this.#missing.delete(id);
  }

  /** Whether a second look is due. */
  get isDue(): boolean {
    const now = this.#ports.clock.now();
    return [...this.#missing.values()].some((since) => now - since >= this.#milliseconds);
  }

  #lost({ status }: Picture, seen: readonly NetworkInterface[]): ReadonlySet<string> {
    const now = this.#ports.clock.now();
    const there = new Set(seen.map(({ id }) => id));
    const lost = new Set<string>();
    for (const id of there) this.#missing.delete(id);
    for (const { id } of status.interfaces ?? []) {
      if (there.has(id)) continue;
      const since = this.#missing.get(id);
      if (since === undefined || since > now) this.#missing.set(id, now);
      else if (now - since >= this.#milliseconds) lost.add(id);
    }
    return lost;
  }
}

function hasNew({ status }: Picture, seen: readonly NetworkInterface[]): boolean {
  const known = new Set((status.interfaces ?? []).map(({ id }) => id));
  return seen.some(({ id }) => !known.has(id));
}
