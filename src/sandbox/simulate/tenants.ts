import type { Address } from "../../domain/address.ts";
import type { Stage } from "./stage.ts";

const INTERFACES = 2;

/** Others in the same VPC: they take addresses the moment they are free, and give them back. */
export class Tenants {
  readonly #stage: Stage;
  readonly #interfaces: string[] = [];
  /** How often a freed address is taken at once. */
  greed = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    const { world, subnetID, oracle } = stage;
    const { instanceID, interfaceID } = world.ec2.seed.runInstance({ subnetID, instanceType: "m5.4xlarge" });
    this.#interfaces.push(interfaceID);
    for (let index = 1; index < INTERFACES; index++)
      this.#interfaces.push(
        world.ec2.seed.createInterface({ subnetID, attachment: { instanceID, deviceIndex: index } }),
      );
    for (const id of this.#interfaces) oracle.isForeign(id);
    world.ec2.onChange((change) => {
      if (
        change.kind !== "addressUnassigned" ||
        change.primary ||
        this.#interfaces.includes(change.interfaceID)
      )
        return;
      if (!stage.dice.chance(this.greed)) return;
      stage.spawn(stage.breath().then(() => this.take(change.address)));
    });
  }

  take(address: Address): void {
    const { world, subnetID, dice, log } = this.#stage;
    const interfaceID = dice.pick(this.#interfaces) ?? "";
    if (world.ec2.ownerOf(subnetID, address) !== undefined) return;
    log.add("tenant", `takes ${address}`);
    world.ec2.seed.assign(interfaceID, [address]);
  }

  /** Takes addresses until so many are left in the subnet. */
  crowd(left: number): void {
    const { world, subnetID, dice, log } = this.#stage;
    const count = Math.min(90, world.ec2.free(subnetID).addresses - left);
    if (count <= 0) return;
    log.add("tenant", `takes ${count} addresses`);
    world.ec2.seed.assign(dice.pick(this.#interfaces) ?? "", count);
  }

  /** Gives all back. */
  leave(): void {
    const { world, log } = this.#stage;
    for (const item of world.ec2.snapshot()) {
      if (!this.#interfaces.includes(item.id) || item.secondary.length === 0) continue;
      log.add("tenant", `gives ${item.secondary.length} addresses back`);
      world.ec2.call("UnassignPrivateIpAddresses", {
        NetworkInterfaceId: item.id,
        PrivateIpAddresses: [...item.secondary],
      });
    }
  }
}
