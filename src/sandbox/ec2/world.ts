import { Ec2Error, notFound } from "./errors.ts";
import type { Change, ChangeDetail, InstanceRecord, InterfaceRecord, SubnetRecord } from "./records.ts";
import type { SubnetSpace } from "./subnet-space.ts";
import { Table } from "./table.ts";

/** How long transitions last, in milliseconds of the given clock. */
export interface Timings {
  readonly attaching: number;
  readonly detaching: number;
  readonly pending: number;
  readonly stopping: number;
  readonly shuttingDown: number;
  /** EC2 User Guide, "Terminate Amazon EC2 instances": a terminated instance stays visible for about an hour. */
  readonly terminatedVisible: number;
}

export interface WorldOptions {
  readonly clock: () => number;
  readonly random: () => number;
  readonly accountID: string;
  readonly region: string;
  readonly timings: Timings;
}

/** The state, its indexes, its pending transitions, and who is told of changes. Single changes are in `mutations.ts`. */
export class World {
  readonly options: WorldOptions;
  readonly subnets: Table<SubnetRecord>;
  readonly instances: Table<InstanceRecord>;
  readonly interfaces: Table<InterfaceRecord>;
  readonly spaces = new Map<string, SubnetSpace>();
  readonly interfacesOfInstance = new Map<string, Set<string>>();
  readonly interfaceOfAttachment = new Map<string, string>();
  /** Client token -> what was made under it (EC2 API Reference, "Ensuring idempotency"). */
  readonly clientTokens = new Map<string, { readonly request: string; readonly id: string }>();
  readonly listeners: ((change: Change) => void)[] = [];
  /** Who makes the present call. */
  caller: string | undefined;
  #lagMilliseconds = 0;
  #retentionMilliseconds = 0;
  #sequence = 0;
  #ids = 0;
  #transitionTime: number | undefined;
  #transitions: { readonly due: number; readonly run: () => void }[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    const now = () => this.now();
    const retention = () => this.#retentionMilliseconds;
    this.subnets = new Table(now, retention);
    this.instances = new Table(now, retention);
    this.interfaces = new Table(now, retention);
  }

  /** Epoch milliseconds; within a transition the time it was due. */
  now(): number {
    return this.#transitionTime ?? this.options.clock();
  }

  /** Describe calls show the state of this long ago. May be changed between calls, also to see time go backwards. */
  set describeLagMilliseconds(lag: number) {
    this.#lagMilliseconds = lag;
    this.#retentionMilliseconds = Math.max(this.#retentionMilliseconds, lag);
  }

  get describeLagMilliseconds(): number {
    return this.#lagMilliseconds;
  }

  /** The time whose state a Describe made now shows. */
  describedTime(): number {
    return this.now() - this.#lagMilliseconds;
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  /** An ID as EC2 has them: the kind and 17 hexadecimal digits. The last five count, so that none comes twice. */
  newID(kind: "eni" | "i" | "subnet" | "eni-attach"): string {
    return `${kind}-0${this.hex(11)}${(++this.#ids).toString(16).padStart(5, "0")}`;
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits)
      text += Math.floor(this.options.random() * 0x10000)
        .toString(16)
        .padStart(4, "0");
    return text.slice(0, digits);
  }

  tell(detail: ChangeDetail): void {
    if (this.listeners.length === 0) return;
    const by = this.#transitionTime === undefined ? this.caller : undefined;
    const change = { time: this.now(), ...(by === undefined ? {} : { by }), ...detail };
    for (const listener of this.listeners) listener(change);
  }

  /** Runs something after a while; at once where the while is zero. */
  after(milliseconds: number, run: () => void): void {
    if (milliseconds <= 0) {
      run();
      return;
    }
    const due = this.now() + milliseconds;
    const later = this.#transitions.findIndex((transition) => transition.due > due);
    this.#transitions.splice(later < 0 ? this.#transitions.length : later, 0, { due, run });
  }

  /** When the next transition is due, for those who drive the clock. */
  nextTransitionAt(): number | undefined {
    return this.#transitions[0]?.due;
  }

  /** Runs the transitions that are due, each at its own time. Every call does this first. */
  settle(): void {
    const now = this.options.clock();
    for (;;) {
      const next = this.#transitions[0];
      if (next === undefined || next.due > now) return;
      this.#transitions.shift();
      this.#transitionTime = next.due;
      try {
        next.run();
      } finally {
        this.#transitionTime = undefined;
      }
    }
  }

  interface(id: string): InterfaceRecord {
    const record = this.interfaces.get(id);
    if (record === undefined) throw notFound("interface", [id]);
    return record;
  }

  instance(id: string): InstanceRecord {
    const record = this.instances.get(id);
    if (record === undefined) throw notFound("instance", [id]);
    return record;
  }

  subnet(id: string): SubnetRecord {
    const record = this.subnets.get(id);
    if (record === undefined) throw notFound("subnet", [id]);
    return record;
  }

  space(subnetID: string): SubnetSpace {
    const space = this.spaces.get(subnetID);
    if (space === undefined) throw new Ec2Error("InternalError", `no space of subnet ${subnetID}`, 500);
    return space;
  }
}
