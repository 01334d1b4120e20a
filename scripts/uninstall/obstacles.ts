import { isFree } from "../../src/domain/node-lease.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";
import type { State } from "./state.ts";

/** Something that an uninstall would hurt, in a sentence for the person. */
export interface Obstacle {
  /**
   * `pod`: somebody still uses what would be forgotten; goes when the person moves it. `release`: something is under way; goes by
   * itself once everything is frozen.
   */
  readonly kind: "pod" | "release";
  readonly sentence: string;
}

/** Whether a lease has stood unchanged for so long that its holder is gone. */
export type IsAbandoned = (nodeName: string) => boolean;

/** What stands against an uninstall now. Unknown times count as not over. */
export function obstaclesTo(state: State, isAbandoned: IsAbandoned): readonly Obstacle[] {
  return [...agents(state), ...podsWithAddresses(state), ...releases(state), ...leases(state, isAbandoned)];
}

const agents = ({ podsOfOurs }: State): readonly Obstacle[] =>
  podsOfOurs.map((name) => ({
    kind: "pod",
    sentence: `Pod vpcip-system/${name} runs: take the agent from all nodes first`,
  }));

const podsWithAddresses = ({ records, livingPods }: State): readonly Obstacle[] =>
  records.flatMap(({ address, nodeName, claim }) =>
    claim !== undefined && livingPods.has(claim.podUID)
      ? {
          kind: "pod",
          sentence: `${address} is the address of Pod ${claim.pod} on node ${nodeName}: nobody would know that it is taken`,
        }
      : [],
  );

/** For as long as EC2 may yet accept a request of the release: an intent's, as long as that of the tombstone that would follow it. */
const releases = ({ records, now }: State): readonly Obstacle[] =>
  records.flatMap(({ address, nodeName, releaseTime, tombstonesUntil }) => {
    const ends = tombstonesUntil.map((until) => Date.parse(until));
    if (releaseTime !== undefined)
      ends.push(Date.parse(releaseTime) + DEFAULT_SETTINGS.tombstoneSeconds * 1000);
    const isOver = ends.every((end) => end <= now);
    if (isOver) return [];
    const until = Math.max(...ends);
    const when = Number.isNaN(until) ? "a time that can't be read" : new Date(until).toISOString();
    return {
      kind: "release",
      sentence: `${address} of node ${nodeName} is being released: EC2 may take it away until ${when}`,
    };
  });

const leases = ({ leases: all }: State, isAbandoned: IsAbandoned): readonly Obstacle[] =>
  all.flatMap((lease) =>
    isFree(lease) || isAbandoned(lease.metadata.name)
      ? []
      : {
          kind: "release",
          sentence: `the lease of node ${lease.metadata.name} is held by ${lease.spec.holderIdentity}: somebody is at work there, or left it behind, which --wait finds out`,
        },
  );
