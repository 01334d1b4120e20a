import type { MirroredState } from "../../ports/mirror.ts";
import type { CollectPorts } from "../settings.ts";
import { readFresh } from "./fresh.ts";
import { mirroredState, readSentinels } from "./memory.ts";

type Ports = Pick<CollectPorts, "cluster" | "mirror" | "clock">;

/** A function that stood still for longer since it asked may write nothing that follows from the answer. */
const FRESH_MILLISECONDS = 10_000;

/**
 * Notes that etcd has lost its memory, where no restore of etcd can undo it: a state from before the loss may pass for the right
 * one by all else, and the freeze that was written down goes with it (H61).
 */
export async function noteLoss(
  { mirror, clock }: Pick<Ports, "mirror" | "clock">,
  seen: MirroredState,
): Promise<void> {
  if (seen.isLost === true) return;
  const now = await readNow({ mirror, clock });
  // Otherwise a person's word was taken meanwhile: the next run looks again.
  if (now?.runs === seen.runs) await mirror.write({ ...now, isLost: true });
}

/**
 * The mirror never goes back: a function that stood still before it wrote finds that others have counted on meanwhile, and writes
 * nothing older than what they wrote; where it had stood still in its very request, it puts right what it wrote. A loss that was noted
 * stays noted.
 *
 * What others wrote over meanwhile is nowhere any more: an etcd that went back to what is written late would pass for the right one. So
 * nothing is written that follows from an old answer ({@link readNow}).
 *
 * @param isAccepted a person has said that this state is the right one: then no loss is noted any more
 */
export async function mirrorForward(ports: Ports, state: MirroredState, isAccepted = false): Promise<void> {
  const before = await readNow(ports);
  if (before !== undefined && before.runs >= state.runs) return;
  if (before?.isLost === true && !isAccepted) return;
  await ports.mirror.write(state);
  const now = mirroredState(await readSentinels(ports.cluster));
  if (now !== undefined && isSameMemory(now, state) && now.runs > state.runs) await ports.mirror.write(now);
}

/** What the mirror says now. Where that can't be said nothing was written, and the next run goes on. */
const readNow = ({ mirror, clock }: Pick<Ports, "mirror" | "clock">): Promise<MirroredState | undefined> =>
  readFresh(clock, FRESH_MILLISECONDS, "the mirror", () => mirror.read());

const isSameMemory = (a: MirroredState, b: MirroredState): boolean =>
  a.clusterUID === b.clusterUID &&
  a.vpcIPUID === b.vpcIPUID &&
  a.claimUID === b.claimUID &&
  a.nodeENIConfigUID === b.nodeENIConfigUID;
