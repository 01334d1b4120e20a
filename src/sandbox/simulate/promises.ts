/** What the product promises, as the simulated world can see it. */
export const PROMISES = {
  "in-use": "an address that a live sandbox has is never given back",
  retained: "an address that a static claim retains is not given back before its time",
  "two-pods": "two Pods never have one address",
  phantom: "a Pod is given only what its interface has",
  cooling: "an address rests before another Pod is given it, and before it is given back",
  hasty: "nothing is given back sooner than a mark's age after it can first have looked leaked",
  primary: "an interface's own address is never given back",
  "opt-out": "what a person wants kept is kept",
  observe: "who only looks (observe, dry run) gives nothing back",
  mass: "where more looks leaked than the breaker's share, nothing is given back",
  late: "nothing is given back later than a lease's term after its sender took or renewed it",
  "bad-clock": "a function whose clock is off gives nothing back",
  robbed: "nobody takes a node's lease from a holder that may be alive",
  identity: "a name under which a lease was held is never used again",
  unheld: "nothing is given back by a sweep whose lease is gone",
  "not-given-back": "a function that has ended well has given its lease back",
  "paused-for-nothing": "a node without anything to be done is not paused",
  forgotten: "after etcd has lost its memory nothing is given back before a person says so",
  frozen: "nothing is given back while a freeze is on",
  "under-way": "while a request that takes an address is under way, its record says so",
  "stopped-too-long": "a node's world is not stopped for longer than a request stands",
  stopped: "a stopped instance's addresses stay",
  foreign: "an interface of somebody else is never touched",
  liveness: "when the faults are over, everything comes right",
} as const;
export type PromiseName = keyof typeof PROMISES;

export interface Broken {
  readonly promise: PromiseName;
  readonly what: string;
}
