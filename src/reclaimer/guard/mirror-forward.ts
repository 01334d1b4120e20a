import type { MirroredState } from "../../ports/mirror.ts";
import type { CollectPorts } from "../settings.ts";
import { mirroredState, readSentinels } from "./memory.ts";

interface Ports {
  readonly cluster: CollectPorts["cluster"];
  readonly mirror: CollectPorts["mirror"];
}

/**
 * Notes that etcd has lost its memory, where no restore of etcd can undo it: a state from before the loss may pass for the right
 * one by all else, and the freeze that was written down goes with it (H61).
 */
export async function noteLoss({ mirror }: Pick<Ports, "mirror">, seen: MirroredState): Promise<void> {
  if (seen.isLost === true) return;
  const now = await mirror.read();
  // Otherwise a person's word was taken meanwhile: the next run looks again.
  if (now?.runs === seen.runs) await mirror.write({ ...now, isLost: true });
}

/**
 * The mirror never goes back: a function that stood still before it wrote finds that others have counted on meanwhile, and writes
 * nothing older than what they wrote; where it had stood still in its very request, it puts right what it wrote. A loss that was noted
 * stays noted.
 *
 * @param isAccepted a person has said that this state is the right one: then no loss is noted any more
 */
export async function mirrorForward(ports: Ports, state: MirroredState, isAccepted = false): Promise<void> {
  const before = await ports.mirror.read();
  if (before !== undefined && before.runs >= state.runs) return;
  if (before?.isLost === true && !isAccepted) return;
  await ports.mirror.write(state);
  const now = mirroredState(await readSentinels(ports.cluster));
  if (now !== undefined && isSameMemory(now, state) && now.runs > state.runs) await ports.mirror.write(now);
}

const isSameMemory = (a: MirroredState, b: MirroredState): boolean =>
  a.clusterUID === b.clusterUID &&
  a.vpcIPUID === b.vpcIPUID &&
  a.claimUID === b.claimUID &&
  a.nodeENIConfigUID === b.nodeENIConfigUID;
