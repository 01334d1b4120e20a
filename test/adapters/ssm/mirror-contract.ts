import { afterEach, describe, expect, it } from "@jest/globals";
import type { Mirror, MirroredState } from "../../../src/ports/mirror.ts";

export const STATE: MirroredState = {
  clusterUID: "c",
  vpcIPUID: "v",
  nodeENIConfigUID: "n",
  claimUID: "k",
  runs: 7,
};

/** A mirror, and a hand that writes past it. */
export interface MirrorPeer {
  readonly mirror: Mirror;
  put(value: string): Promise<void>;
  stop(): Promise<void>;
}

/** What every {@link Mirror} does. */
export function describeMirror(name: string, makePeer: () => Promise<MirrorPeer>): void {
  describe(`Mirror by ${name}`, () => {
    let peer: MirrorPeer | undefined;
    afterEach(async () => {
      await peer?.stop();
      peer = undefined;
    });

    it("is undefined where nothing was ever written", async () => {
      peer = await makePeer();
      expect(await peer.mirror.read()).toBeUndefined();
    });

    it("reads what was written last", async () => {
      peer = await makePeer();
      await peer.mirror.write(STATE);
      await peer.mirror.write({ ...STATE, runs: 8 });
      expect(await peer.mirror.read()).toEqual({ ...STATE, runs: 8 });
    });

    it.each([
      "not JSON",
      "null",
      "{}",
      JSON.stringify({ ...STATE, runs: "7" }),
      JSON.stringify({ ...STATE, runs: -1 }),
      JSON.stringify({ ...STATE, vpcIPUID: "" }),
    ])("H62 throws, and never calls it a new install, where its value is %p", async (value) => {
      peer = await makePeer();
      await peer.put(value);
      await expect(peer.mirror.read()).rejects.toMatchObject({ name: "MirrorError" });
    });
  });
}
