import type { Mirrored, MirroredState } from "../../ports/mirror.ts";
import type { CollectPorts } from "../settings.ts";

type Ports = Pick<CollectPorts, "mirror">;

const TRIES = 5;

/**
 * Notes that etcd has lost its memory, where no restore of etcd can undo it: a state from before the loss may pass for the right
 * one by all else, and the freeze that was written down goes with it (H61). Where others wrote meanwhile it is the next run's to see:
 * a person's word may have been taken.
 *
 * @param seen what the mirror said when the loss was seen
 */
export async function noteLoss({ mirror }: Ports, { state, version }: Mirrored): Promise<void> {
  if (state === undefined || state.isLost === true) return;
  await mirror.write({ ...state, isLost: true }, version);
}

/**
 * The mirror never goes back: where others have written meanwhile, a run writes nothing older than what they wrote. A loss that was
 * noted stays noted. A run that is overtaken each time leaves it to the next one, which counts further.
 *
 * @param seen what the mirror said before this run counted in etcd
 */
export async function mirrorForward({ mirror }: Ports, state: MirroredState, seen: Mirrored): Promise<void> {
  let before = seen;
  for (let tries = 0; tries < TRIES; tries++) {
    if (before.state !== undefined && before.state.runs >= state.runs) return;
    if (before.state?.isLost === true) return;
    if (await mirror.write(state, before.version)) return;
    before = await mirror.read();
  }
}
