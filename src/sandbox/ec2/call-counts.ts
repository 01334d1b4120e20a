/** Requests, counted by action and by caller; refused ones too. */
export class CallCounts {
  readonly #byCaller = new Map<string, Map<string, number>>();
  readonly #errors = new Map<string, number>();

  add(action: string, caller = ""): void {
    const counts = this.#byCaller.get(caller) ?? new Map<string, number>();
    counts.set(action, (counts.get(action) ?? 0) + 1);
    this.#byCaller.set(caller, counts);
  }

  addError(action: string, code: string): void {
    const key = `${action} ${code}`;
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  /** `{ DescribeNetworkInterfaces: 3, … }`, of one caller (an access key ID) or of all. */
  byAction(caller?: string): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const [name, counts] of this.#byCaller) {
      if (caller !== undefined && caller !== name) continue;
      for (const [action, count] of counts) sum[action] = (sum[action] ?? 0) + count;
    }
    return sum;
  }

  /** Requests of one action, of one caller or of all. Those dropped before they reached EC2 are not among them. */
  count(action: string, caller?: string): number {
    return this.byAction(caller)[action] ?? 0;
  }

  /** `{ "UnassignPrivateIpAddresses InvalidParameterValue": 1, … }`. */
  errors(): Record<string, number> {
    return Object.fromEntries(this.#errors);
  }

  reset(): void {
    this.#byCaller.clear();
    this.#errors.clear();
  }
}
