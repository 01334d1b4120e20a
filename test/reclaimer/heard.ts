import type { Verdict } from "../../src/domain/verdict.ts";
import type { Alarm, AuditLine, Metric, Notices } from "../../src/ports/notices.ts";

/** Hears everything that the use cases tell. */
export class Heard implements Notices {
  readonly audit: AuditLine[] = [];
  readonly alarms: Alarm[] = [];
  readonly pauses: { readonly node: string; readonly milliseconds: number }[] = [];
  readonly counts = new Map<Metric, number>();
  verdicts: readonly Verdict[] = [];

  judged(_pass: string, _run: string, verdicts: readonly Verdict[]): void {
    this.verdicts = verdicts;
  }

  released(line: AuditLine): void {
    this.audit.push(line);
  }

  paused(node: string, milliseconds: number): void {
    this.pauses.push({ node, milliseconds });
  }

  alarm(alarm: Alarm): void {
    this.alarms.push(alarm);
  }

  count(metric: Metric, value: number): void {
    this.counts.set(metric, (this.counts.get(metric) ?? 0) + value);
  }

  clear(): void {
    this.audit.length = 0;
    this.alarms.length = 0;
    this.pauses.length = 0;
    this.counts.clear();
    this.verdicts = [];
  }

  get alarmKinds(): readonly string[] {
    return this.alarms.map(({ kind }) => kind);
  }

  /** The latest verdict on an address: `keep pool`, `leaked`, … */
  verdictOn(address: string): string | undefined {
    const found = this.verdicts.find((verdict) => verdict.address === address);
    return found === undefined
      ? undefined
      : `${found.decision} ${"reason" in found ? found.reason : "cause" in found ? found.cause : ""}`;
  }
}
