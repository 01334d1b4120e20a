import type { Address, Prefix } from "../../domain/address.ts";
import { pickWished } from "./actions/choose.ts";
import { newMacAddress } from "./actions/interfaces.ts";
import { terminateInstance } from "./lifecycle.ts";
import { addInterface, assign, setInstanceState } from "./mutations.ts";
import type { AttachmentRecord, InstanceState, InterfaceRecord, InterfaceStatus, Tag } from "./records.ts";
import { type ReservationType, SubnetSpace } from "./subnet-space.ts";
import type { World } from "./world.ts";

export type Tags = Readonly<Record<string, string>>;

export interface SubnetSeed {
  readonly cidr: string;
  readonly id?: string;
  readonly vpcID?: string;
  readonly zone?: string;
  readonly tags?: Tags;
}

export interface InstanceSeed {
  readonly subnetID: string;
  readonly id?: string;
  readonly instanceType?: string;
  readonly state?: InstanceState;
  readonly tags?: Tags;
  /** The interface at device index 0; it has DeleteOnTermination, as those made by RunInstances do. */
  readonly primaryInterface?: Omit<InterfaceSeed, "subnetID" | "attachment">;
}

export interface InterfaceSeed {
  readonly subnetID: string;
  readonly id?: string;
  readonly primary?: Address;
  /** Given secondary addresses, or how many to pick. */
  readonly secondary?: readonly Address[] | number;
  readonly prefixes?: readonly Prefix[] | number;
  readonly description?: string;
  readonly interfaceType?: string;
  readonly requesterID?: string;
  readonly requesterManaged?: boolean;
  readonly ownerID?: string;
  readonly groups?: readonly string[];
  readonly sourceDestCheck?: boolean;
  readonly tags?: Tags;
  /** None: `available`. Without an instanceID: attached by a service or in another account. */
  readonly attachment?: AttachmentSeed;
}

export interface AttachmentSeed {
  readonly instanceID?: string;
  readonly id?: string;
  readonly instanceOwnerID?: string;
  readonly deviceIndex?: number;
  readonly deleteOnTermination?: boolean;
  readonly attachTime?: number;
}

/** Lays out subnets, instances and interfaces at once: no limits of instance types, no throttling. Changes are told. */
export class Seed {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Returns the subnet's ID. */
  addSubnet(seed: SubnetSeed): string {
    const world = this.#world;
    const id = seed.id ?? world.newID("subnet");
    requireNew(world.subnets.get(id), id);
    world.spaces.set(id, new SubnetSpace(seed.cidr));
    world.subnets.set(id, {
      id,
      sequence: world.nextSequence(),
      vpcID: seed.vpcID ?? "vpc-0123456789abcdef0",
      zone: seed.zone ?? `${world.options.region}a`,
      cidr: seed.cidr,
      tags: tagList(seed.tags),
    });
    return id;
  }

  /** VPC User Guide, "Subnet CIDR reservations": a range that is not handed out automatically. */
  reserve(subnetID: string, cidr: string, type: ReservationType): void {
    this.#world.space(subnetID).reserve(cidr, type);
  }

  /** An instance with its first interface. Returns both IDs. */
  runInstance(seed: InstanceSeed): { readonly instanceID: string; readonly interfaceID: string } {
    const world = this.#world;
    const subnet = world.subnet(seed.subnetID);
    const id = seed.id ?? world.newID("i");
    requireNew(world.instances.get(id), id);
    const state = seed.state ?? "running";
    const record = {
      id,
      sequence: world.nextSequence(),
      instanceType: seed.instanceType ?? "m5.large",
      subnetID: subnet.id,
      vpcID: subnet.vpcID,
      zone: subnet.zone,
      state,
      launchTime: world.now(),
      tags: tagList(seed.tags),
    };
    world.instances.set(id, record);
    world.tell({ kind: "instanceStateChanged", instanceID: id, from: undefined, to: state });
    const interfaceID = this.createInterface({
      description: "",
      ...seed.primaryInterface,
      subnetID: subnet.id,
      attachment: { instanceID: id, deviceIndex: 0, deleteOnTermination: true },
    });
    world.instances.set(id, { ...record, privateIpAddress: world.interface(interfaceID).primary });
    return { instanceID: id, interfaceID };
  }

  /** Returns the interface's ID. Throws Ec2Error where the subnet has no room. */
  createInterface(seed: InterfaceSeed): string {
    const world = this.#world;
    const subnet = world.subnet(seed.subnetID);
    const id = seed.id ?? world.newID("eni");
    requireNew(world.interfaces.get(id), id);
    const attachment = seed.attachment && this.#attachment(seed.attachment);
    const status: InterfaceStatus = attachment === undefined ? "available" : "in-use";
    const requesterID = seed.requesterID ?? (seed.requesterManaged ? "amazon-aws" : undefined);
    const record: InterfaceRecord = {
      id,
      sequence: world.nextSequence(),
      subnetID: subnet.id,
      vpcID: subnet.vpcID,
      zone: subnet.zone,
      ownerID: seed.ownerID ?? world.options.accountID,
      ...(requesterID === undefined ? {} : { requesterID }),
      requesterManaged: seed.requesterManaged ?? false,
      interfaceType: seed.interfaceType ?? "interface",
      description: seed.description ?? "",
      macAddress: newMacAddress(world),
      groups: seed.groups ?? ["sg-default"],
      sourceDestCheck: seed.sourceDestCheck ?? true,
      status,
      ...(attachment === undefined ? {} : { attachment }),
      tags: tagList(seed.tags),
      ...this.#addresses(seed),
    };
    addInterface(world, record);
    if (attachment?.instanceID !== undefined)
      world.tell({ kind: "interfaceAttached", interfaceID: id, instanceID: attachment.instanceID });
    return id;
  }

  /** More secondary addresses: given ones, or so many. Returns them. */
  assign(interfaceID: string, wanted: readonly Address[] | number): readonly Address[] {
    const space = this.#world.space(this.#world.interface(interfaceID).subnetID);
    const addresses =
      typeof wanted === "number"
        ? pickWished(space, { count: wanted }, this.#world.options.random).addresses
        : wanted;
    assign(this.#world, interfaceID, addresses, []);
    return addresses;
  }

  /** A state without its transition. For `terminated` use terminate: it takes the interfaces along. */
  setInstanceState(instanceID: string, state: Exclude<InstanceState, "terminated">): void {
    setInstanceState(this.#world, instanceID, state);
  }

  /** As TerminateInstances does, without counting as a request. */
  terminate(instanceID: string): void {
    terminateInstance(this.#world, instanceID);
  }

  #attachment(seed: AttachmentSeed): AttachmentRecord {
    const world = this.#world;
    const isForeign = seed.instanceID === undefined;
    const attachTime = seed.attachTime ?? (isForeign ? undefined : world.now());
    return {
      id: seed.id ?? (isForeign ? `ela-attach-0${world.hex(16)}` : world.newID("eni-attach")),
      ...(seed.instanceID === undefined ? {} : { instanceID: seed.instanceID, networkCardIndex: 0 }),
      instanceOwnerID: seed.instanceOwnerID ?? (isForeign ? "amazon-aws" : world.options.accountID),
      deviceIndex: seed.deviceIndex ?? 1,
      status: "attached",
      ...(attachTime === undefined ? {} : { attachTime }),
      deleteOnTermination: seed.deleteOnTermination ?? false,
    };
  }

  /** Picks what isn't given, beside what is. */
  #addresses(seed: InterfaceSeed): Pick<InterfaceRecord, "primary" | "secondary" | "prefixes"> {
    const { secondary = 0, prefixes = 0 } = seed;
    const named = {
      addresses: [
        ...(seed.primary === undefined ? [] : [seed.primary]),
        ...(typeof secondary === "number" ? [] : secondary),
      ],
      prefixes: typeof prefixes === "number" ? [] : prefixes,
    };
    const wish = {
      count: (seed.primary === undefined ? 1 : 0) + (typeof secondary === "number" ? secondary : 0),
      prefixCount: typeof prefixes === "number" ? prefixes : 0,
    };
    const picked = pickWished(this.#world.space(seed.subnetID), wish, this.#world.options.random, named);
    const [primary, ...others] =
      seed.primary === undefined ? picked.addresses : [seed.primary, ...picked.addresses];
    return {
      primary: primary as Address,
      secondary: typeof secondary === "number" ? others : secondary,
      prefixes: [...named.prefixes, ...picked.prefixes],
    };
  }
}

function requireNew(present: object | undefined, id: string): void {
  if (present !== undefined) throw new Error(`${id} is there already`);
}

function tagList(tags: Tags = {}): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
