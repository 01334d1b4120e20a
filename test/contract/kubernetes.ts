import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeClients } from "./kubernetes/clients.ts";
import { describeCustomResources } from "./kubernetes/custom-resources.ts";
import { describeDeletion } from "./kubernetes/deletion.ts";
import { describeLists } from "./kubernetes/lists.ts";
import { describeObjects } from "./kubernetes/objects.ts";
import { describePatches } from "./kubernetes/patches.ts";
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
    describeObjects(wire);
    describePatches(wire);
    describeDeletion(wire);
    describeLists(wire);
    describeWatches(wire);
    describeCustomResources(wire);
    describeClients(wire);
  });
}
