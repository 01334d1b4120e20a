import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeClients } from "./kubernetes/clients.ts";
import { describeCreate } from "./kubernetes/create.ts";
import { describeCustomResources } from "./kubernetes/custom-resources.ts";
import { describeDeletion } from "./kubernetes/deletion.ts";
import { describeLeases } from "./kubernetes/leases.ts";
import { describeLists } from "./kubernetes/lists.ts";
import { describeMissing } from "./kubernetes/missing.ts";
import { describePatches } from "./kubernetes/patches.ts";
import { describeStatus } from "./kubernetes/status.ts";
import { describeUpdate } from "./kubernetes/update.ts";
import { describeWatches } from "./kubernetes/watches.ts";
import { type KubernetesPeer, Wire } from "./kubernetes/wire.ts";

export type { KubernetesPeer } from "./kubernetes/wire.ts";

/**
 * What the product relies on in a Kubernetes API server. The same sentences hold for the simulator and for a
 * real kube-apiserver; a peer needs no controllers. Leaves its own namespace and CRD behind on a real one.
 */
export function describeContract(title: string, makePeer: () => Promise<KubernetesPeer>): void {
  describe(title, () => {
    let peer: KubernetesPeer;
    const wire = new Wire(() => peer);
    beforeAll(async () => {
      peer = await makePeer();
      await wire.prepare();
    }, 60_000);
    afterAll(async () => {
      await peer.stop();
    });
    describeCreate(wire);
    describeUpdate(wire);
    describeStatus(wire);
    describeLeases(wire);
    describeMissing(wire);
    describePatches(wire);
    describeDeletion(wire);
    describeLists(wire);
    describeWatches(wire);
    describeCustomResources(wire);
    describeClients(wire);
  });
}
