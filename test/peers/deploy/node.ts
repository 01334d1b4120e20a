import { randomUUID } from "node:crypto";
import { machineClock, randomIdentities } from "../../../functions/wiring/machine.ts";
import { createCloudAssigner } from "../../../src/adapters/ec2/assigner.ts";
import { createCloudReader } from "../../../src/adapters/ec2/reader.ts";
import { createCloudReleaser } from "../../../src/adapters/ec2/releaser.ts";
import { watchServerTime } from "../../../src/adapters/ec2/server-time.ts";
import { accessFromKubeconfigFile, openCluster } from "../../../src/adapters/kubernetes/index.ts";
import {
  type Added,
  createDaemonless,
  DEFAULT_AGENT_SETTINGS,
  type Host,
  type HostLock,
  type LiveSandbox,
} from "../../../src/agent/index.ts";
import type { Address } from "../../../src/domain/address.ts";
import { LABEL, TAG } from "../../../src/domain/objects/names.ts";
import type { Ec2 } from "../../../src/sandbox/ec2/index.ts";
import { REGION } from "./aws.ts";
import type { OwnCluster } from "./cluster.ts";

export const VPC = "vpc-0123456789abcdef0";

export interface World {
  readonly cluster: OwnCluster;
  /** The simulator, and where it listens. */
  readonly ec2: Ec2;
  readonly ec2URL: string;
  readonly subnetID: string;
}

/** A node of that cluster, on an instance of the simulated EC2, with the real allocator without daemon (src/agent). */
export interface RealNode {
  readonly name: string;
  readonly instanceID: string;
  readonly interfaceID: string;
  /** What the kubelet does with a Pod: its object, CNI ADD, its address in the status. Returns the address. */
  runPod(name: string): Promise<Address>;
  /** An address that EC2 has assigned and nobody has recorded: the CNI was killed in between. */
  leak(): Address;
}

export async function startNode(world: World, clusterName: string, index: number): Promise<RealNode> {
  const { cluster, ec2, subnetID } = world;
  const name = `node-${index}`;
  const bootID = randomUUID();
  const tags = { [TAG.clusterName]: clusterName, [TAG.clusterUID]: cluster.uid, [TAG.node]: name };
  const instanceID = `i-0${String(index).padStart(16, "0")}`;
  const { interfaceID } = ec2.seed.runInstance({
    id: instanceID,
    subnetID,
    primaryInterface: { tags },
  });
  await cluster.kubectl(["create", "-f", "-"], {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { [LABEL.nodeGroup]: "workers" } },
    spec: { providerID: `aws:///${REGION}a/${instanceID}` },
  });
  await patchStatus(cluster, ["node", name], { nodeInfo: { bootID } });
  const sandboxes = new Map<string, LiveSandbox>();
  const allocator = createDaemonless(
    portsOf(world, { nodeName: name, instanceID, bootID, ...hostOf(sandboxes) }),
    DEFAULT_AGENT_SETTINGS,
    fileLock(),
  );
  return {
    name,
    instanceID,
    interfaceID,
    async runPod(pod) {
      const uid = await createPod(cluster, pod, name);
      const request = { namespace: "default", name: pod, podUID: uid, containerID: randomUUID() };
      const added: Added = await allocator.add(request);
      if (added.kind !== "added") throw new Error(`${pod}: ${added.why}`);
      const { address: ip } = added;
      await patchStatus(cluster, ["pod", pod], { phase: "Running", podIP: ip, podIPs: [{ ip }] });
      return added.address;
    },
    leak() {
      const [address] = ec2.seed.assign(interfaceID, 1);
      if (address === undefined) throw new Error("the subnet is full");
      return address;
    },
  };
}

async function createPod({ kubectl }: OwnCluster, name: string, nodeName: string): Promise<string> {
  const containers = [{ name: "main", image: "none" }];
  await kubectl(["create", "-f", "-"], {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { nodeName, containers },
  });
  return kubectl(["get", "pod", name, "-o", "jsonpath={.metadata.uid}"]);
}

async function patchStatus({ kubectl }: OwnCluster, what: readonly string[], status: object): Promise<void> {
  await kubectl(["patch", ...what, "--subresource=status", "--type=merge", "-p", JSON.stringify({ status })]);
}

function portsOf({ cluster, ec2URL }: World, host: Host) {
  const clock = machineClock;
  const access = {
    region: REGION,
    endpoint: ec2URL,
    credentials: { accessKeyId: "AKIAAGENT", secretAccessKey: "any" },
    clock,
    version: "1.2.3",
    serverTime: watchServerTime(clock),
    run: () => "agent",
  };
  const { reader, writer, leases } = openCluster({
    access: accessFromKubeconfigFile(cluster.kubeconfigFile),
    clock,
    userAgent: "agent",
  });
  return {
    cluster: reader,
    writer,
    leases,
    cloud: createCloudReader({ ...access, vpcID: VPC }),
    releaser: createCloudReleaser({ ...access, requestTimeoutMilliseconds: 5_000 }),
    assigner: createCloudAssigner(access),
    host,
    clock,
    identities: randomIdentities,
  };
}

const hostOf = (sandboxes: Map<string, LiveSandbox>): Pick<Host, "sandboxes" | "connect" | "disconnect"> => ({
  sandboxes: () => [...sandboxes.values()],
  connect: async (sandbox) => {
    sandboxes.set(sandbox.containerID, sandbox);
  },
  disconnect: async (containerID) => {
    sandboxes.delete(containerID);
  },
});

/** One operation at a time comes in these tests: nobody else asks for it. */
function fileLock(): HostLock {
  let text: string | undefined;
  return {
    acquire: async () => ({
      noted: () => text,
      note: async (next) => {
        text = next;
      },
      release: async () => undefined,
    }),
  };
}
