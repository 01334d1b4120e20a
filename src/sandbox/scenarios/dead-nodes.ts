import { SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import { Allocator } from "../engine/allocator.ts";
import { type Place, SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import * as keepers from "./keepers.ts";
import * as leaks from "./leaks.ts";
import { type Laid, type Scenario, TWO_LOOKS } from "./scenario.ts";

const CIDR = "10.2.0.0/24";

/** What dead nodes leave, and nodes that only look dead. */
export const deadNodes: Scenario = {
  name: "dead-nodes",
  description:
    "Nodes that died with interfaces, records and leases left behind, beside nodes that only look dead.",
  steps: [...TWO_LOOKS, { do: "wait", minutes: 61 }, { do: "collect", kind: "leaks" }, { do: "drain" }],
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const node = (name: string) => new SandboxNode(world, { name, subnetID, secondaries: 5 });

  const dead = [node("dead-1"), node("dead-2")];
  for (const item of dead) await die(item);
  const vanished = node("vanished-1");
  leaks.orphanOf(vanished, "i-0aaaabbbbccccdddd");

  const reborn = rebirth(world, subnetID);
  const alive = node("alive-1");
  for (const name of ["a", "b", "c"]) alive.runPod(name);
  leaks.detachedInterface(alive);
  keepers.namesake(alive);

  const hidden = node("hidden-1");
  hidden.runPod("still-running");
  const stopped = node("stopped-1");
  stopped.runPod("hibernating");
  const unrecorded = [hidden, stopped].map((item) => ({ item, place: item.spare() }));

  const managed = [vanished, reborn, alive, hidden, stopped];
  for (const item of managed) item.poolSpares();
  const allocators = await Promise.all([vanished, reborn, alive].map((item) => Allocator.start(item)));
  for (const { item, place } of unrecorded) {
    (await Allocator.start(item)).kill();
    useUnrecorded(item, place);
  }
  hidden.removeNodeObject();
  keepers.stopInstance(stopped);
  return {
    nodes: [...dead, ...managed],
    allocators,
    busy: allocators.slice(-1),
    subnets: [{ id: subnetID, cidr: CIDR }],
  };
}

/** Terminated with a Pod on it, one interface that was made to stay, its config, its record and its lease left. */
async function die(node: SandboxNode): Promise<void> {
  const { world } = node;
  const pod = node.runPod(`on-${node.name}`);
  node.poolSpares();
  const kept = world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary: 4,
    tags: node.tags(),
    attachment: { instanceID: node.instanceID, deviceIndex: 5, deleteOnTermination: false },
  });
  const [first, second] = world.assignedTo(kept);
  if (first === undefined || second === undefined) throw new Error("no addresses were to be had");
  const other = node.runPod(`kept-on-${node.name}`, { at: { address: first, interfaceID: kept } });
  const gone = node.runPod(`gone-on-${node.name}`, { at: { address: second, interfaceID: kept } });
  node.endSandbox(gone);
  world.kubernetes.erase("pods", gone.name, gone.namespace);
  (await Allocator.start(node)).kill();
  node.terminate();
  world.truth.orphan(kept, node.name);
  node.removeNodeObject();
  for (const { name, namespace } of [pod, other]) world.kubernetes.erase("pods", name, namespace);
  for (const { address } of [pod, other, gone]) leftOver(world, "vpcips", address);
  leftOver(world, "nodeeniconfigs", node.name);
  leftOver(world, "leases", node.name, SYSTEM_NAMESPACE);
}

/** H11: made again under its old name; the old instance's record and interface are left, the new one works. */
function rebirth(world: World, subnetID: string): SandboxNode {
  const old = new SandboxNode(world, { name: "reborn-1", subnetID, secondaries: 3 });
  const pod = old.runPod("before");
  old.poolSpares();
  old.terminate();
  world.kubernetes.erase("pods", pod.name, pod.namespace);
  world.kubernetes.erase("nodes", "reborn-1");
  world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "reborn-1");
  leftOver(world, "vpcips", pod.address);
  const reborn = new SandboxNode(world, { name: "reborn-1", subnetID, secondaries: 5 });
  reborn.runPod("after");
  return reborn;
}

/** In use by a sandbox, and no record tells: only the instance's life speaks for it. */
function useUnrecorded(node: SandboxNode, place: Place): void {
  node.startSandbox({
    ...place,
    uid: `uid-${node.name}`,
    name: "quiet",
    namespace: "default",
    containerID: `quiet-${node.name}`,
  });
}

/** This very object, by its UID: another may come under its name. */
function leftOver(world: World, resource: string, name: string, namespace?: string): void {
  const uid = world.api.get(resource, { name, namespace })?.metadata.uid;
  world.truth.leftOver(
    `${resource}/${name}`,
    () =>
      uid !== undefined && world.api.get(resource, { name, namespace })?.metadata.uid === world.uidOf(uid),
  );
}
