/**
 * The copy, outside etcd, of what tells that etcd lost its memory: UIDs of the sentinels and how many runs there were.
 * etcd is written first, so only "etcd says fewer runs than the mirror" is a step back.
 */
export interface MirroredState {
  readonly clusterUID: string;
  readonly vpcIPUID: string;
  readonly nodeENIConfigUID: string;
  readonly claimUID: string;
  readonly runs: number;
  /** A run has found etcd's memory lost, and no person has said since which state is the right one. */
  readonly isLost?: true | undefined;
}

/** What the mirror answers. */
export interface Mirrored {
  /** Undefined where nothing was ever written: a new install. */
  readonly state: MirroredState | undefined;
  /** What a write that follows from this answer has to name. 0 where nothing was ever written. */
  readonly version: number;
}

/**
 * A write counts only where it follows the newest one: a function may stand still before its write, or in its very request, and what
 * others wrote meanwhile stays.
 */
export interface Mirror {
  read(): Promise<Mirrored>;
  /**
   * @param follows the `version` of the answer that this state follows from
   * @returns whether it counts for certain. Where not, it was overtaken, or written by a try whose answer was lost: read again
   */
  write(state: MirroredState, follows: number): Promise<boolean>;
}
