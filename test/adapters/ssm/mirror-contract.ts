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

    it("says nothing where nothing was ever written", async () => {
      peer = await makePeer();
      expect(await peer.mirror.read()).toEqual({ state: undefined, version: 0 });
    });

    it("reads what was written last", async () => {
      peer = await makePeer();
      expect(await peer.mirror.write(STATE, 0)).toBe(true);
      expect(await peer.mirror.write({ ...STATE, runs: 8 }, 1)).toBe(true);
      expect(await peer.mirror.read()).toEqual({ state: { ...STATE, runs: 8 }, version: 2 });
    });

    it("H31 H61 keeps what was written since, whatever a late write says, and however many there are", async () => {
      peer = await makePeer();
      await peer.mirror.write(STATE, 0);
      await peer.mirror.write({ ...STATE, runs: 8 }, 1);
      expect(await peer.mirror.write({ ...STATE, runs: 5 }, 1)).toBe(false);
      expect(await peer.mirror.write({ ...STATE, runs: 99 }, 0)).toBe(false);
      expect(await peer.mirror.read()).toEqual({ state: { ...STATE, runs: 8 }, version: 4 });
    });

    it("goes on from there with the next write", async () => {
      peer = await makePeer();
      await peer.mirror.write(STATE, 0);
      await peer.mirror.write({ ...STATE, runs: 5 }, 0);
      const { version } = await peer.mirror.read();
      expect(await peer.mirror.write({ ...STATE, runs: 8 }, version)).toBe(true);
      expect(await peer.mirror.read()).toEqual({ state: { ...STATE, runs: 8 }, version: 3 });
    });

    it("takes what a person wrote by hand for what it says", async () => {
      peer = await makePeer();
      await peer.put(JSON.stringify(STATE));
      expect(await peer.mirror.read()).toEqual({ state: STATE, version: 1 });
    });

    it("says nothing where only a late write is left of it: somebody deleted it", async () => {
      peer = await makePeer();
      expect(await peer.mirror.write(STATE, 7)).toBe(false);
      expect(await peer.mirror.read()).toEqual({ state: undefined, version: 1 });
    });

    it.each([
      "not JSON",
      "null",
      "{}",
      JSON.stringify({ ...STATE, runs: "7" }),
      JSON.stringify({ ...STATE, runs: -1 }),
      JSON.stringify({ ...STATE, vpcIPUID: "" }),
      JSON.stringify({ ...STATE, follows: "0" }),
    ])("H62 throws, and never calls it a new install, where its value is %p", async (value) => {
      peer = await makePeer();
      await peer.put(value);
      await expect(peer.mirror.read()).rejects.toMatchObject({ name: "MirrorError" });
    });
  });
}
