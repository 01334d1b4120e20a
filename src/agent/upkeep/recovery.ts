import type { NetworkInterface } from "../../domain/evidence.ts";
import { membersOf } from "../node/interfaces.ts";
import type { Place } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import type { Operation } from "../operation/operation.ts";
import type { AgentPorts } from "../ports.ts";
import { namedByClaims } from "../release/named-by-claims.ts";

/** What the first look found: the state that the second must find again. */
interface Look {
  readonly at: number;
  readonly bump: string;
  readonly found: readonly string[];
}

/**
 * Brings back what a refill got and nobody recorded, on an interface of which that is known to be possible. Nothing is pooled
 * from one Describe (design §4.4d, H80): two looks, with no bump and no other refill in between. Whatever else is leaked is
 * the reclaimer's.
 */
export class Recovery {
  readonly #ports: AgentPorts;
  readonly #milliseconds: number;
  readonly #doubted = new Set<string>();
  #first: Look | undefined;

  constructor(ports: AgentPorts, recoverySeconds: number) {
    this.#ports = ports;
    this.#milliseconds = recoverySeconds * 1000;
  }

  doubt(interfaceID: string): void {
    this.#doubted.add(interfaceID);
    this.#first = undefined;
  }

  /** Whether it is time for a look. */
  get isDue(): boolean {
    if (this.#doubted.size === 0) return false;
    const since = this.#ports.clock.now() - (this.#first?.at ?? 0);
    return this.#first === undefined || since < 0 || since >= this.#milliseconds;
  }

  /** @param interfaces what EC2 has, asked before the lease was taken */
  async look(operation: Operation, interfaces: readonly NetworkInterface[]): Promise<void> {
    const { clock } = this.#ports;
    if ((operation.status.refills ?? []).length > 0) {
      this.#first = undefined;
      return;
    }
    const places = this.#unaccounted(operation, interfaces);
    const bump = bumpOf(operation);
    const first = this.#first;
    const isFollowUp =
      first !== undefined && first.bump === bump && clock.now() - first.at >= this.#milliseconds;
    if (!isFollowUp) {
      this.#first = { at: clock.now(), bump, found: places.map(keyOf) };
      if (places.length === 0) this.#end();
      return;
    }
    const seenTwice = places.filter((place) => first.found.includes(keyOf(place)));
    await this.#pool(operation, seenTwice, bump);
    this.#end();
  }

  async #pool(operation: Operation, places: readonly Place[], bump: string): Promise<void> {
    if (places.length === 0) return;
    // A claim outlives a VpcIP that was lost: its address is nobody else's.
    const named = await namedByClaims(this.#ports);
    const free: Place[] = [];
    for (const place of places) {
      if (named?.has(place.address) !== false) continue;
      // By name: what binds it, or marks it, may be of another node.
      if (!(await this.#ports.cluster.getVpcIP(place.address)).found) free.push(place);
    }
    if (free.length === 0) return;
    await operation.writeStatus((status) =>
      bumpOf(operation) === bump ? { ...status, pool: [...(status.pool ?? []), ...free] } : undefined,
    );
  }

  #unaccounted(
    { status, records, unreadable, sandboxes }: Operation,
    interfaces: readonly NetworkInterface[],
  ): readonly Place[] {
    const kept = new Set<string>([
      ...[...(status.pool ?? []), ...(status.cooling ?? [])].map(({ address }) => address),
      ...sandboxes.map(({ address }) => address),
      ...records.keys(),
      ...unreadable,
    ]);
    const known = new Set((status.interfaces ?? []).map(({ id }) => id));
    return interfaces
      .filter(({ id }) => this.#doubted.has(id) && known.has(id))
      .flatMap((item) => {
        const { id, addresses, primary } = item;
        const members = new Set(membersOf(item));
        return addresses
          .filter((address) => address !== primary && !members.has(address) && !kept.has(address))
          .map((address) => ({ address, interfaceID: id }));
      });
  }

  #end(): void {
    this.#doubted.clear();
    this.#first = undefined;
  }
}

const bumpOf = ({ status, config }: Picture): string => `${config.metadata.uid} ${status.sweepEpoch ?? 0}`;
const keyOf = ({ address, interfaceID }: Place): string => `${address} ${interfaceID}`;
