/** What a person decides about a node's allocator. Units are in the names. */
export interface AgentSettings {
  /** Term of the node lease. */
  readonly leaseSeconds: number;
  /** How long one ADD or DEL waits for the world to go on, before it answers "again". */
  readonly patienceSeconds: number;
  /** How long one operation may run under the lease: a hand-over waits for no longer (H72). */
  readonly operationSeconds: number;
  /** How long an address rests before it is handed out again. */
  readonly coolingSeconds: number;
  /** Pool size where the NodeENIConfig says none. */
  readonly warmPool: { readonly min: number; readonly max: number };
  /** How many addresses one pass gives back at most. */
  readonly shrinkBatch: number;
  /** Between the two looks of a recovery, own time. */
  readonly recoverySeconds: number;
  /** An open refill that is older is nobody's any more, API-server time. */
  readonly refillSeconds: number;
  /** How long EC2 could still accept a late request: signatures live up to 15 min on either side of the clock. */
  readonly tombstoneSeconds: number;
}

export const DEFAULT_AGENT_SETTINGS: AgentSettings = {
  leaseSeconds: 15,
  patienceSeconds: 20,
  operationSeconds: 20,
  coolingSeconds: 30,
  warmPool: { min: 2, max: 8 },
  shrinkBatch: 4,
  recoverySeconds: 60,
  refillSeconds: 600,
  tombstoneSeconds: 35 * 60,
};
