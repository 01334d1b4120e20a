import type { Address } from "../../domain/address.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { Stage } from "./stage.ts";

/** An m5.large has ten addresses on each interface (EC2 User Guide, "IP addresses per network interface per instance type"). */
const MOST_SECONDARIES = 9;

/** The node whose agent it was. */
interface Whose {
  readonly name: string;
  readonly power: string;
  readonly interfaces: readonly string[];
  readonly sandboxes: ReadonlyMap<string, { readonly address: string }>;
  tags(): Readonly<Record<string, string>>;
}

/** What one node's agent had asked EC2 for, and recorded nowhere when it was killed. */
export class Leaks {
  readonly #stage: Stage;
  readonly #node: Whose;
  /** Interface, by address. */
  readonly #leaked = new Map<string, string>();

  constructor(stage: Stage, node: Whose) {
    this.#stage = stage;
    this.#node = node;
  }

  /** @param isNext on the interface that the next refill is for: the one with the fewest addresses */
  make(count: number, isNext = false): void {
    const { world, subnetID, dice, log } = this.#stage;
    const { name, interfaces, power } = this.#node;
    const own = world.ec2.snapshot().filter(({ id }) => interfaces.includes(id));
    const next = own.reduce<(typeof own)[number] | undefined>(
      (least, one) => (least !== undefined && least.secondary.length <= one.secondary.length ? least : one),
      undefined,
    );
    const interfaceID = (isNext ? next?.id : dice.pick(interfaces)) ?? "";
    const item = own.find(({ id }) => id === interfaceID);
    if (item === undefined || power !== "running") return;
    const room = Math.min(
      world.ec2.free(subnetID).addresses,
      MOST_SECONDARIES - item.secondary.length,
      count,
    );
    if (room <= 0) return;
    const addresses = world.ec2.seed.assign(interfaceID, room);
    for (const address of addresses) this.#leaked.set(address, interfaceID);
    log.add(`node ${name}`, `leaks ${addresses.join(", ")} on ${interfaceID}`);
  }

  /**
   * An interface that an agent had made, and died before it was attached, or deleted.
   *
   * @param primary what EC2 gave it; any address if absent
   */
  leaveDetached(secondary: number, primary?: Address): void {
    const { world, subnetID, log } = this.#stage;
    const { name } = this.#node;
    if (world.ec2.free(subnetID).addresses <= secondary) return;
    const id = world.ec2.seed.createInterface({
      subnetID,
      secondary,
      ...(primary === undefined ? {} : { primary }),
      description: `vpcip ${name}`,
      tags: this.#node.tags(),
    });
    log.add(`node ${name}`, `left ${id} detached`);
  }

  /** A person gives back by hand what had leaked, and nobody has. */
  giveBack(): void {
    const { world, log } = this.#stage;
    const { name, sandboxes } = this.#node;
    const config = world.api.get<StoredNodeENIConfig>("nodeeniconfigs", { name });
    const { pool = [], cooling = [] } = config?.status ?? {};
    const kept = new Set([...pool, ...cooling, ...sandboxes.values()].map(({ address }) => address));
    for (const item of world.ec2.snapshot()) {
      const left = item.secondary.filter((one) => this.#leaked.get(one) === item.id && !kept.has(one));
      if (left.length === 0) continue;
      log.add("person", `gives ${left.join(", ")} of ${item.id} back`);
      world.ec2.call("UnassignPrivateIpAddresses", {
        NetworkInterfaceId: item.id,
        PrivateIpAddresses: left,
      });
    }
    this.#leaked.clear();
  }
}
