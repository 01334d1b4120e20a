import { type Address, compareAddresses } from "../../domain/address.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Alarm, AuditLine, Notices } from "../../ports/notices.ts";
import type { RunReport } from "./report.ts";

/** Hears everything that the functions tell, and keeps what a report shows. */
export class Witness implements Notices {
  readonly audit: AuditLine[] = [];
  readonly pauses: { readonly node: string; readonly milliseconds: number }[] = [];
  readonly alarms: Alarm[] = [];
  /** The latest verdict on each address of each interface. */
  readonly #verdicts = new Map<string, Verdict>();

  judged(_pass: string, _run: string, verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.#verdicts.set(`${verdict.address} ${verdict.interfaceID}`, verdict);
  }

  released(line: AuditLine): void {
    if (line.answer !== "unclear") this.audit.push(line);
  }

  paused(node: string, milliseconds: number): void {
    this.pauses.push({ node, milliseconds });
  }

  alarm(alarm: Alarm): void {
    this.alarms.push(alarm);
  }

  count(): void {}

  /** @param isThere whether the interface still has the address */
  parts(
    isThere: (address: Address, interfaceID: string) => boolean,
  ): Pick<
    RunReport,
    "released" | "kept" | "unknown" | "orphansDeleted" | "recordsDropped" | "pauses" | "alarms"
  > {
    const released = this.audit.filter(({ kind }) => kind === "address" || kind === "prefix");
    const verdicts = [...this.#verdicts.values()]
      .filter(({ address, interfaceID = "" }) => isThere(address, interfaceID))
      .sort((a, b) => compareAddresses(a.address, b.address));
    const kept = (decision: "keep" | "unknown") =>
      verdicts.flatMap((verdict) =>
        verdict.decision === decision
          ? [
              {
                address: verdict.address,
                interface: verdict.interfaceID ?? "",
                node: verdict.node ?? "",
                reason: verdict.reason,
                ...(verdict.detail === undefined ? {} : { detail: verdict.detail }),
              },
            ]
          : [],
      );
    return {
      released: released
        .map(({ subject, interfaceID = "", node, cause, ageSeconds }) => ({
          address: subject,
          interface: interfaceID,
          node,
          cause,
          ageSeconds,
        }))
        .sort((a, b) => compareAddresses(a.address as Address, b.address as Address)),
      kept: kept("keep"),
      unknown: kept("unknown"),
      orphansDeleted: this.#ofKind("interface").map(({ subject, node, cause }) => ({
        interface: subject,
        node,
        reason: cause,
      })),
      recordsDropped: this.#ofKind("record").map(({ subject, node, cause }) => ({
        address: subject,
        node,
        cause,
      })),
      pauses: [...this.pauses],
      alarms: this.alarms.map(({ kind, message, node }) => ({
        kind,
        message,
        ...(node === undefined ? {} : { node }),
      })),
    };
  }

  #ofKind(wanted: AuditLine["kind"]): readonly AuditLine[] {
    return this.audit.filter(({ kind }) => kind === wanted);
  }
}
