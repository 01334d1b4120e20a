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

export interface Mirror {
  /** Undefined where nothing was ever written: a new install. */
  read(): Promise<MirroredState | undefined>;
  write(state: MirroredState): Promise<void>;
}
