import type { LiveSandbox } from "../../agent/index.ts";
import { type Address, type Prefix, prefixMembers } from "../../domain/address.ts";
import type { Change, Ec2 } from "../ec2/index.ts";
import { AddressTimes } from "./address-times.ts";
import type { Broken, PromiseName } from "./promises.ts";
import { Senders } from "./senders.ts";

/** Until a freeze that was just set must be obeyed by all. */
const FREEZE_MILLISECONDS = 60_000;
/** A sweep that has proved its case may be under way when an instance is stopped: for no longer than its lease lasts. */
const STOP_MILLISECONDS = 60_000;
/** A sweep that began before etcd lost its memory has ended by then. */
const MEMORY_MILLISECONDS = 15 * 60_000;
/** The cooling time; the API server's clock ticks in whole seconds. */
const COOLING_MILLISECONDS = 29_000;

/** Where an address lies for a static claim whose Pod may come back. */
export type Retained = (address: Address, interfaceID: string) => string | undefined;

/** What a request asks EC2 to take from an interface; nothing of both: the interface itself. */
export interface Asked {
  readonly addresses: readonly Address[];
  readonly prefixes: readonly Prefix[];
}

const WHOLE: Asked = { addresses: [], prefixes: [] };

/**
 * The judge. It sees the simulated EC2 and the simulated nodes, at each change, and nothing of the code under test: neither its
 * objects nor its reasons.
 */
export class Oracle {
  /** The first promise that was broken. */
  broken: Broken | undefined;
  /** Set by whoever knows the claims. */
  retained: Retained = () => undefined;
  /** Whether a Pod of that name comes back to its own address. */
  isStatic: (podName: string) => boolean = () => false;
  /** Told of each address that a sandbox has from now on. */
  heard: (node: string, sandbox: LiveSandbox) => void = () => undefined;
  /** Told of each sandbox that is no longer there. */
  ended: (sandbox: LiveSandbox) => void = () => undefined;
  readonly times = new AddressTimes();
  readonly senders = new Senders();
  /** Addresses that a person wants kept. */
  readonly kept = new Set<Address>();
  /** While set, a breaker must hold everything back: why. */
  breaker: string | undefined;
  readonly #ec2: Ec2;
  readonly #subnetIDs: readonly string[];
  readonly #now: () => number;
  readonly #ours: ReadonlySet<string>;
  readonly #live = new Map<Address, { readonly node: string; readonly sandbox: LiveSandbox }>();
  readonly #foreign = new Set<string>();
  readonly #primaries = new Map<string, Address>();
  readonly #instanceOf = new Map<string, string>();
  readonly #stoppedAt = new Map<string, number>();
  /** When the last request that releases something of an interface left its sender. */
  readonly #sentAt = new Map<string, number>();
  #frozenAt: number | undefined;
  #forgottenAt: number | undefined;
  #isLossTold = false;

  /** @param ours access key IDs of the functions and of the agents */
  constructor(ec2: Ec2, subnetIDs: readonly string[], now: () => number, ours: readonly string[]) {
    this.#ec2 = ec2;
    this.#subnetIDs = subnetIDs;
    this.#now = now;
    this.#ours = new Set(ours);
    ec2.onChange((change) => this.#watch(change));
  }

  fail(promise: PromiseName, what: string): void {
    this.broken ??= { promise, what };
  }

  /** Nobody of ours may change this interface. */
  isForeign(interfaceID: string): void {
    this.#foreign.add(interfaceID);
  }

  isOfOthers(interfaceID: string): boolean {
    return this.#foreign.has(interfaceID);
  }

  /** A sandbox has its address from now on. */
  connected(node: string, sandbox: LiveSandbox): void {
    const { address, interfaceID, podNamespace, podName, containerID } = sandbox;
    const who = `${podNamespace}/${podName} on ${node}`;
    const other = this.#live.get(address);
    if (other !== undefined && other.sandbox.containerID !== containerID) {
      const whose = `${other.sandbox.podNamespace}/${other.sandbox.podName} on ${other.node}`;
      this.fail("two-pods", `${address} of ${whose} was given to ${who}`);
    }
    if (!this.#subnetIDs.some((id) => this.#ec2.ownerOf(id, address) === interfaceID))
      this.fail("phantom", `${who} was given ${address}, which ${interfaceID} does not have`);
    if (other?.sandbox.containerID !== containerID) this.#mustHaveRested(who, address, interfaceID, podName);
    this.#live.set(address, { node, sandbox });
    this.times.connected(sandbox, this.#now());
    this.heard(node, sandbox);
  }

  /** The sandbox is gone, with its instance or without. */
  disconnected(sandbox: LiveSandbox): void {
    const { address, containerID } = sandbox;
    if (this.#live.get(address)?.sandbox.containerID === containerID) this.#live.delete(address);
    this.times.disconnected(sandbox, this.#now());
    this.ended(sandbox);
  }

  /** Somebody set or lifted a freeze. */
  freeze(isFrozen: boolean): void {
    this.#frozenAt = isFrozen ? (this.#frozenAt ?? this.#now()) : undefined;
  }

  /** Etcd was restored, or a kind was made again with nothing in it. */
  memoryLost(): void {
    this.#forgottenAt ??= this.#now();
    this.times.forget(this.#now());
    this.kept.clear();
  }

  /** A function has seen that memory was lost. */
  lossTold(): void {
    this.#isLossTold ||= this.#forgottenAt !== undefined;
  }

  /** Etcd went back to what is remembered outside of it. Where no function has seen the loss before, nobody can tell of one. */
  memoryLooksWhole(): void {
    if (!this.#isLossTold) this.#forgottenAt = undefined;
    this.times.forget(this.#now());
  }

  /** A person takes what etcd holds now for the truth. */
  memoryAccepted(): void {
    this.#forgottenAt = undefined;
    this.#isLossTold = false;
    this.times.forget(this.#now());
  }

  /** A request that gives something back leaves its sender now. */
  sends(who: string, what: string, asked: Asked = WHOLE): void {
    const [, interfaceID = ""] = what.split(" ");
    const now = this.#now();
    const said = `${who} sent ${what} ${[...asked.addresses, ...asked.prefixes].join(" ")}`;
    this.#sentAt.set(interfaceID, now);
    if (this.#isLongStopped(interfaceID, now)) this.fail("stopped", `${said} for a stopped instance`);
    if (this.#foreign.has(interfaceID)) this.fail("foreign", said);
    const forbidden = this.senders.forbidden(who);
    if (forbidden !== undefined) this.fail(forbidden.promise, `${said}: ${forbidden.why}`);
    if (this.breaker !== undefined && who.startsWith("function"))
      this.fail("mass", `${said}: ${this.breaker}`);
    const late = this.senders.lateBy(who, now);
    if (late !== undefined) this.fail("late", `${said} ${late} ms after its lease can have ended`);
    const members = [...asked.addresses, ...asked.prefixes.flatMap(prefixMembers)];
    for (const address of members) this.#asked(said, address, interfaceID);
    const age = this.senders.ageOf(who);
    if (age !== undefined)
      for (const address of asked.addresses) this.#mustBeOld(said, address, interfaceID, age);
    this.#mustBeAllowed(who, said, now);
  }

  #asked(said: string, address: Address, interfaceID: string): void {
    if (this.#primaries.get(interfaceID) === address) this.fail("primary", said);
    if (this.kept.has(address)) this.fail("opt-out", said);
    const live = this.#live.get(address);
    if (live?.sandbox.interfaceID === interfaceID)
      this.fail("in-use", `${said}: ${live.sandbox.podName} on ${live.node} has it`);
    this.#mustHaveRested(said, address, interfaceID);
  }

  #mustBeOld(said: string, address: Address, interfaceID: string, age: number): void {
    const since = this.times.unaccountedSince(address, interfaceID);
    if (since === undefined || this.#now() - since >= age) return;
    this.fail("hasty", `${said}: ${address} was somebody's ${this.#now() - since} ms ago, of ${age}`);
  }

  #mustHaveRested(said: string, address: Address, interfaceID: string, podName?: string): void {
    const use = this.times.lastUse(address, interfaceID);
    if (use === undefined || use.sandbox.podName === podName || this.isStatic(use.sandbox.podName)) return;
    const rested = this.#now() - use.endedAt;
    if (rested < COOLING_MILLISECONDS)
      this.fail("cooling", `${said}: ${address} was ${use.sandbox.podName}'s ${rested} ms ago`);
  }

  #mustBeAllowed(who: string, said: string, now: number): void {
    const forgotten = this.#forgottenAt;
    if (forgotten !== undefined && who.startsWith("function") && now - forgotten > MEMORY_MILLISECONDS)
      this.fail("forgotten", said);
    if (this.#frozenAt === undefined || now - this.#frozenAt <= FREEZE_MILLISECONDS) return;
    this.fail("frozen", `${said} ${Math.round((now - this.#frozenAt) / 1000)} s after the freeze`);
  }

  #watch(change: Change): void {
    switch (change.kind) {
      case "interfaceAttached":
        this.#instanceOf.set(change.interfaceID, change.instanceID);
        break;
      case "interfaceDetached":
        this.#instanceOf.delete(change.interfaceID);
        break;
      case "instanceStateChanged":
        if (change.to === "stopped" || change.to === "stopping")
          this.#stoppedAt.set(change.instanceID, this.#now());
        else this.#stoppedAt.delete(change.instanceID);
        break;
      case "addressAssigned":
        if (change.primary) this.#primaries.set(change.interfaceID, change.address);
        this.times.assigned(change.address, change.interfaceID, this.#now());
        break;
      default:
        break;
    }
    const { by } = change;
    if (by === undefined || !this.#ours.has(by)) return;
    switch (change.kind) {
      case "addressUnassigned":
        this.#givenBack(by, change.address, change.interfaceID);
        break;
      case "prefixUnassigned":
        for (const address of prefixMembers(change.prefix)) this.#givenBack(by, address, change.interfaceID);
        break;
      case "interfaceDeleted":
        if (this.#foreign.has(change.interfaceID))
          this.fail("foreign", `${by} deleted ${change.interfaceID}`);
        break;
      default:
        break;
    }
  }

  #givenBack(by: string, address: Address, interfaceID: string): void {
    const live = this.#live.get(address)?.sandbox;
    if (live?.interfaceID === interfaceID) {
      const { node } = this.#live.get(address) ?? { node: "" };
      this.fail(
        "in-use",
        `${address} on ${interfaceID}, which ${live.podNamespace}/${live.podName} on ${node} has, by ${by}`,
      );
    }
    if (this.#foreign.has(interfaceID))
      this.fail("foreign", `${address} was taken from ${interfaceID} by ${by}`);
    // A request that was on its way when the instance was stopped can't be called back.
    if (this.#isLongStopped(interfaceID, this.#sentAt.get(interfaceID) ?? this.#now()))
      this.fail("stopped", `${address} was taken from ${interfaceID} of a stopped instance by ${by}`);
    const claim = this.retained(address, interfaceID);
    if (claim !== undefined)
      this.fail("retained", `${address} on ${interfaceID}, which lies for ${claim}, by ${by}`);
  }

  #isLongStopped(interfaceID: string, at: number): boolean {
    const stoppedAt = this.#stoppedAt.get(this.#instanceOf.get(interfaceID) ?? "");
    return stoppedAt !== undefined && at - stoppedAt > STOP_MILLISECONDS;
  }
}
