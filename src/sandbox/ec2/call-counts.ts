/** Requests, counted by action and by caller; refused ones too. */
export class CallCounts {
  readonly #byCaller = new Map<string, Map<string, number>>();
  readonly #errors = new Map<string, number>();

  add(action: string, caller = ""): void {
    const counts = this.#byCaller.get(caller) ?? new Map<string, number>();
    counts.set(action, (counts.get(action) ?? 0) + 1);
    this.#byCaller.set(caller, counts);
  }

  addError(action: string, _caller: string | undefined, code: string): void {
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

  /** `{ "UnassignPrivateIpAddresses InvalidParameterValue": 1, … }`. */
  errors(): Record<string, number> {
    return Object.fromEntries(this.#errors);
  }

  reset(): void {
    this.#byCaller.clear();
    this.#errors.clear();
  }
}
