import { afterEach, beforeEach, describe, expect } from "@jest/globals";
import type { Address, Prefix } from "../../../src/domain/address.ts";
import type { CloudReader, CloudReleaser } from "../../../src/ports/cloud.ts";
import { type Differences, sentences } from "../../contract/sentences.ts";

/** A cloud, and what was laid out in it. */
export interface CloudPeer {
  readonly reader: CloudReader;
  readonly releaser: CloudReleaser;
  /** A time far enough away for a request. */
  soon(): number;
  /** A running instance with one interface, and a terminated one. */
  readonly running: string;
  readonly terminated: string;
  /** The interface of the running instance: attached, with secondary addresses and a prefix. */
  readonly attached: { readonly id: string; readonly primary: Address };
  readonly secondary: readonly [Address, Address, Address];
  readonly prefix: Prefix;
  /** An available interface whose tag names the terminated instance. */
  readonly detached: string;
  /** IDs of all interfaces of the VPC. There is one more in another VPC. */
  readonly all: readonly string[];
  stop(): Promise<void>;
}

/** What every {@link CloudReader} and {@link CloudReleaser} do. */
export function describeCloud(
  name: string,
  makePeer: () => Promise<CloudPeer>,
  differences: Differences = {},
): void {
  describe(`Cloud by ${name}`, () => {
    const it = sentences(differences);
    let peer: CloudPeer;
    beforeEach(async () => {
      peer = await makePeer();
    }, 60_000);
    afterEach(async () => {
      await peer.stop();
    });
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
    const secondaries = async () => (await peer.reader.interfacesByID([peer.attached.id]))[0]?.addresses;
    const unassign = (addresses: readonly Address[], interfaceID = peer.attached.id) =>
      peer.releaser.unassign({ interfaceID, addresses, prefixes: [], notAfter: peer.soon() });

    it("H46 lists every interface of the VPC and none of another", async () => {
      expect(ids(await peer.reader.listInterfaces())).toEqual([...peer.all].sort());
    });

    it("reads an interface with its addresses, prefixes and instance", async () => {
      expect(await peer.reader.interfacesOfInstance(peer.running)).toEqual([
        expect.objectContaining({
          id: peer.attached.id,
          primary: peer.attached.primary,
          addresses: expect.arrayContaining([...peer.secondary]),
          prefixes: [peer.prefix],
          attachment: expect.objectContaining({ instanceID: peer.running }),
        }),
      ]);
      expect(await secondaries()).not.toContain(peer.attached.primary);
    });

    it("reads those of the named interfaces that exist", async () => {
      const wanted = [peer.detached, "eni-0000000000000dead", peer.attached.id];
      expect(ids(await peer.reader.interfacesByID(wanted))).toEqual([peer.attached.id, peer.detached].sort());
    });

    it("reads the detached interfaces that an instance left", async () => {
      expect(ids(await peer.reader.detachedInterfacesOf(peer.terminated))).toEqual([peer.detached]);
      expect(await peer.reader.detachedInterfacesOf(peer.running)).toEqual([]);
    });

    it("tells the states of instances", async () => {
      const missing = "i-0000000000000dead";
      expect(await peer.reader.instanceStates([peer.running, missing, peer.terminated])).toEqual(
        new Map([
          [peer.running, "running"],
          [missing, "not-found"],
          [peer.terminated, "terminated"],
        ]),
      );
    });

    it("H32 releases nothing before it heard EC2's time", async () => {
      expect(await unassign([peer.secondary[0]])).toEqual({ kind: "not-sent", why: "clock-skew" });
      expect(await secondaries()).toContain(peer.secondary[0]);
    });

    describe("after a read", () => {
      beforeEach(async () => {
        await peer.reader.interfacesOfInstance(peer.running);
      });

      it("releases the addresses that are named, and keeps the others", async () => {
        const [first, second, third] = peer.secondary;
        expect(await unassign([first, second])).toMatchObject({ kind: "done" });
        const left = await secondaries();
        expect(left).toContain(third);
        expect(left).not.toContain(first);
        expect(left).not.toContain(second);
      });

      it("releases a prefix", async () => {
        const answer = await peer.releaser.unassign({
          interfaceID: peer.attached.id,
          addresses: [],
          prefixes: [peer.prefix],
          notAfter: peer.soon(),
        });
        expect(answer).toMatchObject({ kind: "done" });
        expect((await peer.reader.interfacesByID([peer.attached.id]))[0]?.prefixes).toEqual([]);
      });

      it("keeps all where one isn't assigned", async () => {
        const [first, second] = peer.secondary;
        expect(await unassign([first])).toMatchObject({ kind: "done" });
        expect(await unassign([first, second])).toMatchObject({ kind: "refused" });
        expect(await secondaries()).toContain(second);
      });

      it("keeps a primary: EC2 refuses", async () => {
        expect(await unassign([peer.attached.primary])).toMatchObject({ kind: "refused" });
      });

      it("tells that an interface is gone", async () => {
        const gone = "eni-0000000000000dead";
        expect(await unassign([peer.secondary[0]], gone)).toMatchObject({ kind: "gone" });
        expect(
          await peer.releaser.deleteInterface({ interfaceID: gone, notAfter: peer.soon() }),
        ).toMatchObject({ kind: "gone" });
      });

      it("deletes a detached interface and keeps an attached one", async () => {
        const remove = (interfaceID: string) =>
          peer.releaser.deleteInterface({ interfaceID, notAfter: peer.soon() });
        expect(await remove(peer.attached.id)).toMatchObject({ kind: "refused" });
        expect(await remove(peer.detached)).toMatchObject({ kind: "done" });
        expect(ids(await peer.reader.interfacesByID([peer.detached, peer.attached.id]))).toEqual([
          peer.attached.id,
        ]);
      });
    });
  });
}
