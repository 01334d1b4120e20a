/** The real servers of one run: an API server that nobody else uses, and LocalStack. */
export interface Servers {
  /** Path; of an administrator, with the server's certificate pinned. */
  readonly kubeconfig: string;
  /** Path of kubectl. */
  readonly kubectl: string;
  /** LocalStack's URL. */
  readonly aws: string;
  /** Ends what was started for this run, and takes away what it has left elsewhere. */
  stop(): Promise<void>;
}
