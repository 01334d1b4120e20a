import type { LiveSandbox } from "../../agent/index.ts";
import type { Address } from "../../domain/address.ts";
import type { Change, Ec2 } from "../ec2/index.ts";

/** What the product promises, as the simulated world can see it. */
export const PROMISES = {
  "in-use": "an address that a live sandbox has is never given back",
  retained: "an address that a static claim retains is not given back before its time",
  "two-pods": "two Pods never have one address",
  phantom: "a Pod is given only what its interface has",
  frozen: "nothing is given back while a freeze is on",
  stopped: "a stopped instance's addresses stay",
  foreign: "an interface of somebody else is never touched",
  liveness: "when the faults are over, everything comes right",
} as const;
export type PromiseName = keyof typeof PROMISES;

export interface Broken {
  readonly promise: PromiseName;
  readonly what: string;
}

/** Until a freeze that was just set must be obeyed by all. */
const FREEZE_MILLISECONDS = 60_000;
/** A sweep that has proved its case may be under way when an instance is stopped: for no longer than its lease lasts. */
const STOP_MILLISECONDS = 60_000;

/** Where an address lies for a static claim whose Pod may come back. */
export type Retained = (address: Address, interfaceID: string) => string | undefined;

/**
 * The judge. It sees the simulated EC2 and the simulated nodes, at each change, and nothing of the code under test: neither its
 * objects nor its reasons.
 */
export class Oracle {
  /** The first promise that was broken. */
  broken: Broken | undefined;
  /** Set by whoever knows the claims. */
  retained: Retained = () => undefined;
  /** Told of each address that a sandbox has from now on. */
  heard: (node: string, sandbox: LiveSandbox) => void = () => undefined;
  readonly #ec2: Ec2;
  readonly #subnetID: string;
  readonly #now: () => number;
  readonly #ours: ReadonlySet<string>;
  readonly #live = new Map<Address, { readonly node: string; readonly sandbox: LiveSandbox }>();
  readonly #foreign = new Set<string>();
  readonly #instanceOf = new Map<string, string>();
  readonly #stoppedAt = new Map<string, number>();
  /** When the last request that releases something of an interface left its sender. */
  readonly #sentAt = new Map<string, number>();
  #frozenAt: number | undefined;

  /** @param ours access key IDs of the functions and of the agents */
  constructor(ec2: Ec2, subnetID: string, now: () => number, ours: readonly string[]) {
    this.#ec2 = ec2;
    this.#subnetID = subnetID;
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
    const other = this.#live.get(address);
    if (other !== undefined && other.sandbox.containerID !== containerID) {
      const whose = `${other.sandbox.podNamespace}/${other.sandbox.podName} on ${other.node}`;
      this.fail("two-pods", `${address} of ${whose} was given to ${podNamespace}/${podName} on ${node}`);
    }
    if (this.#ec2.ownerOf(this.#subnetID, address) !== interfaceID)
      this.fail(
        "phantom",
        `${podNamespace}/${podName} on ${node} was given ${address}, which ${interfaceID} does not have`,
      );
    this.#live.set(address, { node, sandbox });
    this.heard(node, sandbox);
  }

  /** The sandbox is gone, with its instance or without. */
  disconnected({ address, containerID }: LiveSandbox): void {
    if (this.#live.get(address)?.sandbox.containerID === containerID) this.#live.delete(address);
  }

  /** Somebody set or lifted a freeze. */
  freeze(isFrozen: boolean): void {
    this.#frozenAt = isFrozen ? (this.#frozenAt ?? this.#now()) : undefined;
  }

  /** A request that gives something back leaves its sender now. */
  sends(who: string, what: string): void {
    const [, interfaceID = ""] = what.split(" ");
    this.#sentAt.set(interfaceID, this.#now());
    if (this.#isLongStopped(interfaceID, this.#now()))
      this.fail("stopped", `${who} sent ${what} for a stopped instance`);
    if (this.#foreign.has(interfaceID)) this.fail("foreign", `${who} sent ${what}`);
    if (this.#frozenAt === undefined || this.#now() - this.#frozenAt <= FREEZE_MILLISECONDS) return;
    this.fail(
      "frozen",
      `${who} sent ${what} ${Math.round((this.#now() - this.#frozenAt) / 1000)} s after the freeze`,
    );
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
      default:
        break;
    }
    const { by } = change;
    if (by === undefined || !this.#ours.has(by)) return;
    switch (change.kind) {
      case "addressUnassigned":
        this.#givenBack(by, change.address, change.interfaceID);
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
