import type { Address } from "../../domain/address.ts";
import { API_GROUP, FREEZE_CONFIG_MAP, SENTINEL, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { CloudReader, CloudReleaser } from "../../ports/cloud.ts";
import type { Notices } from "../../ports/notices.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../reclaimer/settings.ts";
import { AGENT_KEY, CLUSTER_NAME, RECLAIMER_KEY, START, World } from "../engine/world.ts";
import { type Crossing, ManualClock } from "../in-process/index.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import { Dice, subSeed } from "./dice.ts";
import { EventLog } from "./event-log.ts";
import { type ItsTraps, NO_FAULTS, type Rates } from "./faults.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { noticesIn } from "./notices.ts";
import { type Asked, Oracle } from "./oracle.ts";
import { Refusals } from "./refusals.ts";
import { Traps } from "./traps.ts";
import { UnderWay } from "./under-way.ts";

/** Small enough that addresses come back to others soon. */
const CIDR = "10.0.0.0/25";
/** Where prefixes come from: whole blocks are soon used up elsewhere. */
const PREFIX_CIDR = "10.0.8.0/26";
/** For more nodes than have room in that. */
const LARGE_CIDR = "10.0.0.0/22";
const MOST_NODES = 8;
/** Who asks looks at the lease twice a second, and an allocator that is alive answers within milliseconds. */
const HAND_OVER_SECONDS = 2;
const RELEASES = /^(Unassign|DeleteNetworkInterface)/;
const LEASES = /^(PUT|POST) .*\/leases/;
/** Nothing of it leaves, or EC2 and the API server say at once that they did nothing. */
const NOTHING_DONE = /lost-before|killed-before|refused/;

/** What everybody in a simulation stands on: the world, its time, chance, faults, the log and the judge. */
export class Stage {
  readonly clock = new ManualClock(START);
  readonly world: World;
  readonly subnetID: string;
  readonly prefixSubnetID: string;
  readonly clusterUID: string;
  readonly log: EventLog;
  readonly oracle: Oracle;
  readonly leases = new LeaseWatch();
  readonly refusals = new Refusals();
  readonly underWay: UnderWay;
  /** Instances that EC2 does not find at the moment, as it may for a while. */
  readonly hidden = new Set<string>();
  readonly dice: Dice;
  readonly notices: Notices;
  readonly traps = new Traps();
  settings: Settings;
  rates: { readonly functions: Rates; readonly agents: Rates } = {
    functions: NO_FAULTS,
    agents: NO_FAULTS,
  };
  /** How often a function's clock is minutes off. */
  badClocks = 0;
  /** Pages of lists have at most so many objects, whoever asks. */
  readonly longestPage: number | undefined;
  /** An error of the simulation itself. */
  trouble: unknown;
  /** Grows with everything that brings the cluster on: its own objects and EC2. */
  progress = 0;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** What is looked at when a process writes to a lease for the first time. */
  readonly firstLease = new Map<string, () => void>();
  readonly #seeds: Dice;
  /** What each process has asked its releaser for last, by process and interface. */
  readonly #asked = new Map<string, Asked>();

  constructor(seed: number, nodes: number) {
    const dice = new Dice(subSeed(seed, 1));
    this.dice = dice;
    this.#seeds = new Dice(subSeed(seed, 3));
    this.world = new World(seed, this.clock);
    this.sleep = this.clock.sleep;
    this.log = new EventLog(this.clock.now);
    const { ec2 } = this.world;
    this.subnetID = ec2.seed.addSubnet({ cidr: nodes > MOST_NODES ? LARGE_CIDR : CIDR });
    this.prefixSubnetID = ec2.seed.addSubnet({ cidr: PREFIX_CIDR });
    this.clusterUID = this.world.clusterUID;
    this.settings = {
      ...DEFAULT_SETTINGS,
      clusterName: CLUSTER_NAME,
      mode: "release",
      handOverSeconds: HAND_OVER_SECONDS,
      markAgeSeconds: dice.pick([60, 300, 1800]) ?? 1800,
      breaker: { ...DEFAULT_SETTINGS.breaker, minimumLeaks: dice.chance(0.85) ? 10_000 : 16 },
    };
    this.longestPage = dice.chance(0.2) ? 1 + dice.below(3) : undefined;
    if (dice.chance(0.2)) shortenPages(ec2);
    this.underWay = new UnderWay(this.clock.now);
    this.oracle = new Oracle(ec2, [this.subnetID, this.prefixSubnetID], this.clock.now, [
      RECLAIMER_KEY,
      AGENT_KEY,
    ]);
    this.notices = noticesIn(this.log, (kind) => {
      if (kind === "lost-memory") this.oracle.lossTold();
    });
    this.#listen();
  }

  /** Work that goes on by itself. */
  readonly spawn = (work: Promise<unknown> | undefined): void => {
    work?.catch((error: unknown) => {
      this.trouble ??= error;
    });
  };

  nextSeed(): number {
    return this.#seeds.seed();
  }

  /** A little time in which others come in between. */
  breath(): Promise<void> {
    return this.sleep(1 + this.dice.below(20));
  }

  /** How long calls take: mostly nothing, now and then some milliseconds. */
  latency(seed: number): () => Promise<void> | undefined {
    const dice = new Dice(seed);
    return () => (dice.chance(0.2) ? this.sleep(1 + dice.below(30)) : undefined);
  }

  /** The traps of the process of that name. */
  trapsOf(name: string): ItsTraps {
    return {
      call: (crossing) => this.traps.call(name, crossing),
      moment: (moment) => this.traps.moment(name, moment),
    };
  }

  /** @param arrives where the call is long on its way: settles when it is there */
  told(who: string, { what }: Crossing, fate: string, arrives?: Promise<unknown>): void {
    if (fate !== "" || !what.startsWith("GET ")) this.log.add(who, fate === "" ? what : `${what}: ${fate}`);
    if (NOTHING_DONE.test(fate)) return;
    if (LEASES.test(what)) this.#leased(who);
    if (!RELEASES.test(what)) return;
    const [, interfaceID = ""] = what.split(" ");
    const asked = this.#asked.get(`${who} ${interfaceID}`);
    this.oracle.sends(who, what, asked);
    if (arrives !== undefined && asked !== undefined)
      this.underWay.left(interfaceID, asked.addresses, arrives);
  }

  /** The releaser of that process, with each thing that it is asked for noted. */
  noting(who: string, releaser: CloudReleaser): CloudReleaser {
    const note = (interfaceID: string, asked: Asked): void =>
      void this.#asked.set(`${who} ${interfaceID}`, asked);
    return {
      unassign: (request) => {
        note(request.interfaceID, request);
        return releaser.unassign(request);
      },
      deleteInterface: (request) => {
        note(request.interfaceID, { addresses: [], prefixes: [] });
        return releaser.deleteInterface(request);
      },
    };
  }

  /** EC2 as a function sees it that doesn't find every instance. */
  hiding(cloud: CloudReader): CloudReader {
    return {
      listInterfaces: () => cloud.listInterfaces(),
      interfacesOfInstance: (id) => cloud.interfacesOfInstance(id),
      interfacesByID: (ids) => cloud.interfacesByID(ids),
      detachedInterfacesOf: (id) => cloud.detachedInterfacesOf(id),
      instanceStates: async (ids) => {
        const states = new Map(await cloud.instanceStates(ids));
        for (const id of ids) if (this.hidden.has(id)) states.set(id, "not-found");
        return states;
      },
    };
  }

  #leased(who: string): void {
    this.oracle.senders.leased(who, this.clock.now());
    if (who.startsWith("function")) this.refusals.begins(who.split(" ")[3]);
    this.firstLease.get(who)?.();
    this.firstLease.delete(who);
  }

  /** What a listener would have heard. */
  lookAtFreeze(): void {
    const map = this.world.api.get<{ data?: Record<string, string> }>("configmaps", FREEZE_CONFIG_MAP);
    this.oracle.freeze(map?.data?.["frozen"] !== "false");
  }

  #listen(): void {
    this.world.ec2.onChange((change) => {
      this.progress++;
      if (change.kind === "addressUnassigned" || change.kind === "addressAssigned")
        this.log.add(
          "ec2",
          `${change.kind} ${change.address} ${change.interfaceID} by ${change.by ?? "itself"}`,
        );
      else if (change.kind === "interfaceDeleted")
        this.log.add("ec2", `${change.kind} ${change.interfaceID}`);
    });
    this.world.kubernetes.onChange(({ resource, object, type }) => {
      if (resource.plural === "leases" && object.metadata.namespace === SYSTEM_NAMESPACE) {
        const name = this.leases.usedAgain(object);
        if (name !== undefined)
          this.oracle.fail("identity", `${name} takes the lease of ${object.metadata.name} again`);
        const wrong = this.leases.changed(object, type, this.clock.now());
        if (wrong !== undefined) this.oracle.fail("robbed", wrong);
      }
      if (resource.plural === "pods" && (type === "DELETED" || hasFinished(object)))
        this.oracle.times.podEnded(object.metadata.uid ?? "", this.clock.now());
      if (resource.plural === "vpcips") this.#recordChanged(object, type);
      if (resource.group === API_GROUP && object.metadata.name !== SENTINEL.nodeENIConfig) this.progress++;
      if (resource.plural !== "configmaps" || object.metadata.name !== FREEZE_CONFIG_MAP.name) return;
      const data = object["data"] as Record<string, string> | undefined;
      this.oracle.freeze(type === "DELETED" || data?.["frozen"] !== "false");
    });
  }

  #recordChanged(record: KubeObject, type: "ADDED" | "MODIFIED" | "DELETED"): void {
    const isDeleted = type === "DELETED";
    const { claim } = record["spec"] as StoredVpcIP["spec"];
    if (type === "ADDED" && claim !== undefined)
      this.oracle.times.recorded(claim.containerID, this.clock.now());
    if (isDeleted) this.oracle.kept.delete(record.metadata.name as Address);
    const wrong = this.underWay.changed(record, isDeleted);
    if (wrong !== undefined) this.oracle.fail("under-way", wrong);
  }
}

/** EC2 gives pages as long as asked for, or shorter ones; five is the least that may be asked for. */
function shortenPages(ec2: World["ec2"]): void {
  const whole = ec2.call.bind(ec2);
  ec2.call = (action, input, caller) =>
    whole(action, "MaxResults" in input ? { ...input, MaxResults: 5 } : input, caller);
}

const hasFinished = ({ status }: KubeObject & { readonly status?: unknown }): boolean =>
  ["Succeeded", "Failed"].includes((status as { readonly phase?: string } | undefined)?.phase ?? "");
