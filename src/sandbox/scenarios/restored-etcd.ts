import { Allocator } from "../engine/allocator.ts";
import { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";
import type { SimulatorSnapshot } from "../kubernetes/index.ts";
import * as leaks from "./leaks.ts";
import { type Laid, ONE_DAY, type Scenario } from "./scenario.ts";

const CIDR = "10.4.0.0/24";

/** H61: etcd is restored from an hour ago. Records of running Pods are gone, pools list what is in use. */
export const restoredEtcd: Scenario = {
  name: "restored-etcd",
  description: "etcd is restored from an hour ago while Pods run on: memory was lost, so everything freezes.",
  simulatedOnly: "takes etcd back to a backup",
  steps: [
    { do: "collect", kind: "leaks" },
    { do: "event", name: "a backup of etcd is taken" },
    { do: "wait", minutes: 10 },
    { do: "event", name: "Pods start, others end" },
    { do: "collect", kind: "due" },
    { do: "wait", minutes: 10 },
    { do: "event", name: "etcd is restored from the backup" },
    ...ONE_DAY,
    { do: "collect", kind: "leaks" },
    { do: "drain" },
  ],
  lay,
};

async function lay(world: World): Promise<Laid> {
  const subnetID = world.ec2.seed.addSubnet({ cidr: CIDR });
  const nodes = ["one", "two"].map((name) => new SandboxNode(world, { name, subnetID, secondaries: 9 }));
  for (const node of nodes) {
    for (const name of ["a", "b"]) node.runPod(`${name}-${node.name}`);
    leaks.neverRecorded(node);
    leaks.podGone(node, `gone-${node.name}`);
  }
  const later = nodes.map((node) => Array.from({ length: 4 }, () => node.spare()));
  for (const node of nodes) node.poolSpares();
  for (const [index, node] of nodes.entries()) {
    node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), ...(later[index] ?? [])] }));
  }
  world.truth.holdBack("*", "frozen");
  const allocators = await Promise.all(nodes.map((node) => Allocator.start(node)));
  let backup: SimulatorSnapshot | undefined;
  return {
    nodes,
    allocators,
    busy: [],
    subnets: [{ id: subnetID, cidr: CIDR }],
    events: {
      "a backup of etcd is taken": () => {
        backup = world.kubernetes.snapshot();
      },
      "Pods start, others end": () => {
        for (const [index, node] of nodes.entries()) {
          for (const at of later[index] ?? []) {
            node.runPod(`later-${at.address.replaceAll(".", "-")}`, { at });
            node.updateStatus((status) => ({
              ...status,
              pool: (status.pool ?? []).filter(({ address }) => address !== at.address),
            }));
          }
        }
      },
      "etcd is restored from the backup": () => {
        if (backup !== undefined) world.kubernetes.restore(backup);
        for (const allocator of allocators) allocator.kill();
      },
    },
  };
}
