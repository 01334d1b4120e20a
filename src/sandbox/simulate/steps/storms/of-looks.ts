import { SYSTEM_NAMESPACE } from "../../../../domain/objects/names.ts";
import type { KubeObject } from "../../../kubernetes/index.ts";
import { HOUR, type StepDefinition } from "../step.ts";
import { at, livingOf, marks, ripens, type Scene, SECOND, starts, story, sweepOf, sweeps } from "./story.ts";

/** For some minutes EC2 does not find an instance that runs; what it has must outlast that. */
async function hiddenInstance(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  const { hidden, clock } = simulation;
  starts(scene, 1);
  await clock.pass(8 * SECOND);
  hidden.add(node.instanceID);
  await marks(scene);
  await ripens(scene);
  await sweeps(scene);
  hidden.delete(node.instanceID);
  // The next look finds it again, and takes the marks away: from here on they are not two looks at one lapse.
  await sweeps(scene);
}

/** A person deletes a node's lease in the middle of a sweep, that has something to give back on two interfaces. */
async function leaseDeleted(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  const { world, oracle, log } = simulation;
  const where = { namespace: SYSTEM_NAMESPACE, name: node.name };
  for (let nth = 0; nth < 3; nth++) node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  const who = sweepOf(scene);
  at(scene, who, /^Unassign/, {
    fate: () => {
      log.add("person", `deletes the lease of ${node.name}`);
      world.api.delete("leases", where);
      return { fate: "through", name: "its lease is deleted" };
    },
  });
  at(scene, who, /^Unassign/, {
    fate: () => {
      const lease = world.api.get<KubeObject>("leases", where);
      const { holderIdentity = "" } = (lease?.["spec"] ?? {}) as { readonly holderIdentity?: string };
      if (!holderIdentity.startsWith("reclaimer/"))
        oracle.fail("unheld", `${who} sends on, and the lease is "${holderIdentity}"'s`);
      return { fate: "through", name: "the next request" };
    },
  });
  await sweeps(scene);
}

/** A Pod with a static address moves away and comes back at once; somebody else has got the address, and EC2 shows it still. */
async function cameBack(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { statics, clock, pods, tenants, world } = simulation;
  const other = dice.pick(livingOf(simulation).filter((one) => one !== node));
  if (other === undefined) return;
  const claim = statics.claim("Never", HOUR);
  statics.start(claim, node);
  await clock.pass(10 * SECOND);
  const first = pods.named(claim.name);
  if (first?.isRunning !== true) return statics.drop(claim);
  pods.stop(first);
  await clock.pass(40 * SECOND);
  world.ec2.setDescribeLag(50 * SECOND);
  tenants.greed = 1;
  statics.start(claim, other);
  node.agent.busy();
  await clock.pass(33 * SECOND);
  const second = pods.named(claim.name);
  if (second !== undefined) pods.forceDelete(second, SECOND);
  await clock.pass(2 * SECOND);
  statics.start(claim, node);
  await clock.pass(20 * SECOND);
  world.ec2.setDescribeLag(0);
  await clock.pass(60 * SECOND);
}

/** What looks otherwise at a second look. */
export const OF_LOOKS = {
  "storm-hidden-instance": story(0.2, hiddenInstance),
  "storm-lease-deleted": story(0.2, leaseDeleted),
  "storm-came-back": story(0.25, cameBack),
} as const satisfies Record<string, StepDefinition>;
