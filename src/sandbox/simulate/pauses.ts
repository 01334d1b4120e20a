import { SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { SweepOutcome } from "../../reclaimer/requests.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import { NO_FAULTS } from "./faults.ts";
import type { Stage } from "./stage.ts";

/** Whether sweeps stop a node's world only where there is something to be done, and let it go on after that. */
export class Pauses {
  readonly #stage: Stage;
  /** Node by sweep: those that have seen nothing to be done, at any moment, and asked for no lease yet. */
  readonly #idle = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
    // What stands for a moment only counts, for a sweep may see it just then: an allocator's own intent, until EC2 has answered.
    stage.world.kubernetes.onChange(({ resource: { plural } }) => {
      if (plural !== "vpcips" && plural !== "nodes") return;
      for (const [who, node] of this.#idle) if (this.#hasWork(node)) this.#idle.delete(who);
    });
  }

  /**
   * A sweep begins.
   *
   * @returns what to call when it has ended: with what it came to, undefined where it did not end well, and how many others are
   * at work
   */
  begins(who: string, node: string): (outcome: SweepOutcome | undefined, others: number) => void {
    const { firstLease, oracle } = this.#stage;
    let isForNothing = false;
    if (!this.#hasWork(node)) {
      this.#idle.set(who, node);
      firstLease.set(who, () => {
        isForNothing = this.#idle.has(who) && !this.#hasWork(node);
      });
    }
    const wasCalm = this.#isCalm;
    const before = this.#holderOf(node);
    return (outcome, others) => {
      firstLease.delete(who);
      this.#idle.delete(who);
      // One that has nothing to do takes away what dead runs have left on the lease, and stops nobody.
      if (isForNothing && outcome !== undefined && outcome !== "nothing-due")
        oracle.fail("paused-for-nothing", `${who} asked for the lease of ${node}, which has no marks`);
      if (outcome === undefined || others > 0 || !wasCalm || !this.#isCalm) return;
      const after = this.#holderOf(node);
      if (after !== before && after.startsWith("reclaimer/"))
        oracle.fail("not-given-back", `${who} has ended, and ${after} holds ${node}`);
    };
  }

  /** No fault is in the way of its writes. */
  get #isCalm(): boolean {
    const { rates, traps } = this.#stage;
    return rates.functions === NO_FAULTS && traps.isEmpty;
  }

  #holderOf(node: string): string {
    const where = { namespace: SYSTEM_NAMESPACE, name: node };
    const lease = this.#stage.world.api.get<KubeObject>("leases", where);
    const { holderIdentity = "" } = (lease?.["spec"] ?? {}) as { readonly holderIdentity?: string };
    return holderIdentity;
  }

  /** A mark, an intent or a tombstone that may be about the node; or a Node that is gone. */
  #hasWork(node: string): boolean {
    const { api, kubernetes } = this.#stage.world;
    if (api.get("nodes", { name: node }) === undefined) return true;
    return (kubernetes.objects("vpcips.vpcip.dev") as unknown as StoredVpcIP[]).some(
      ({ spec }) =>
        spec.tombstones !== undefined ||
        (spec.nodeName === node && (spec.leak !== undefined || spec.release !== undefined)),
    );
  }
}
