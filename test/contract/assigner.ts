import { afterEach, beforeEach, describe, expect } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import type { CloudAssigner } from "../../src/ports/assigner.ts";
import { type Differences, sentences } from "./sentences.ts";

/** A cloud, and what was laid out in it. */
export interface AssignerPeer {
  readonly assigner: CloudAssigner;
  /** Two interfaces of running instances, in one subnet. */
  readonly here: string;
  readonly there: string;
  /** A secondary address of `there`. */
  readonly taken: Address;
  /** An address of the subnet that nobody has. */
  readonly free: Address;
  secondariesOf(interfaceID: string): Promise<readonly Address[]>;
  stop(): Promise<void>;
}

/** What every {@link CloudAssigner} does. */
export function describeAssigner(
  name: string,
  makePeer: () => Promise<AssignerPeer>,
  differences: Differences = {},
): void {
  describe(`CloudAssigner by ${name}`, () => {
    const it = sentences(differences);
    let peer: AssignerPeer;
    beforeEach(async () => {
      peer = await makePeer();
    }, 60_000);
    afterEach(() => peer.stop());

    it("assigns as many as are asked for, and tells which", async () => {
      const answer = await peer.assigner.assign({ interfaceID: peer.here, count: 3 });
      const now = await peer.secondariesOf(peer.here);
      expect(now).toHaveLength(3);
      expect(answer).toEqual({ kind: "done", addresses: expect.arrayContaining([...now]) });
    });

    it("tells only of those that it has assigned, not of those that were there", async () => {
      await peer.assigner.assign({ interfaceID: peer.here, count: 2 });
      const before = await peer.secondariesOf(peer.here);
      const answer = await peer.assigner.assign({ interfaceID: peer.here, count: 1 });
      const added = (await peer.secondariesOf(peer.here)).filter((address) => !before.includes(address));
      expect(answer).toEqual({ kind: "done", addresses: added });
    });

    it("assigns exactly what is named, again too", async () => {
      const { assigner, here, free } = peer;
      for (let times = 0; times < 2; times++)
        expect(await assigner.assign({ interfaceID: here, addresses: [free] })).toEqual({
          kind: "done",
          addresses: [free],
        });
      expect(await peer.secondariesOf(here)).toEqual([free]);
    });

    it("H60 takes nothing from another interface", async () => {
      const { assigner, here, there, taken } = peer;
      const answer = await assigner.assign({ interfaceID: here, addresses: [taken] });
      expect(answer).toMatchObject({ kind: "refused" });
      expect(await peer.secondariesOf(there)).toEqual([taken]);
      expect(await peer.secondariesOf(here)).toEqual([]);
    });

    it("is refused where the interface isn't there", async () => {
      const answer = await peer.assigner.assign({ interfaceID: "eni-0123456789abcdef0", count: 1 });
      expect(answer).toMatchObject({ kind: "refused", code: "InvalidNetworkInterfaceID.NotFound" });
    });
  });
}
