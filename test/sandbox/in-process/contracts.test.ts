import { readSweepMessage } from "../../../src/adapters/sqs/message.ts";
import { type Address, parseAddress, parsePrefix } from "../../../src/domain/address.ts";
import { TAG } from "../../../src/domain/objects/names.ts";
import { DEFAULT_SETTINGS } from "../../../src/reclaimer/settings.ts";
import { Witness } from "../../../src/sandbox/engine/witness.ts";
import { RECLAIMER_TOKEN, START, VPC_ID, World } from "../../../src/sandbox/engine/world.ts";
import {
  inProcessAgentPorts,
  inProcessPorts,
  Line,
  ManualClock,
  MirrorCell,
} from "../../../src/sandbox/in-process/index.ts";
import { describeCloud } from "../../adapters/ec2/cloud-contract.ts";
import { describeSweepQueue } from "../../adapters/sqs/queue-contract.ts";
import { describeMirror } from "../../adapters/ssm/mirror-contract.ts";
import { describeAssigner } from "../../contract/assigner.ts";
import { describeCluster } from "../../contract/cluster.ts";

const address = (text: string) => parseAddress(text) as Address;

/** A world and the ports of a function in it. */
function inWorld() {
  const world = new World(1, new ManualClock(START));
  const mirror = new MirrorCell();
  const ports = inProcessPorts(world, {
    settings: { ...DEFAULT_SETTINGS, clusterName: "sandbox" },
    notices: new Witness(),
    mirror,
    line: new Line(),
  });
  return { world, mirror, ports };
}
const stop = async () => undefined;

describeCloud("a simulation", async () => {
  const { world, ports } = inWorld();
  const { seed } = world.ec2;
  const subnetID = seed.addSubnet({ cidr: "10.0.0.0/20", vpcID: VPC_ID });
  const elsewhere = seed.addSubnet({ cidr: "10.9.0.0/24", vpcID: "vpc-0fedcba9876543210" });
  const secondary = [address("10.0.0.20"), address("10.0.0.21"), address("10.0.0.22")] as const;
  const prefix = parsePrefix("10.0.0.64/28")!;
  const primary = address("10.0.0.10");
  const running = seed.runInstance({
    subnetID,
    primaryInterface: { primary, secondary, prefixes: [prefix] },
  });
  const dead = seed.runInstance({ subnetID });
  const detached = seed.createInterface({ subnetID, tags: { [TAG.instance]: dead.instanceID } });
  seed.terminate(dead.instanceID);
  seed.createInterface({ subnetID: elsewhere });
  return {
    reader: ports.cloud,
    releaser: ports.releaser,
    soon: () => world.clock.now() + 30_000,
    running: running.instanceID,
    terminated: dead.instanceID,
    attached: { id: running.interfaceID, primary },
    secondary,
    prefix,
    detached,
    all: [running.interfaceID, detached],
    stop,
  };
});

describeAssigner("a simulation", async () => {
  const { world } = inWorld();
  const { seed } = world.ec2;
  const subnetID = seed.addSubnet({ cidr: "10.0.0.0/24" });
  const here = seed.runInstance({ subnetID });
  const there = seed.runInstance({ subnetID });
  const taken = address("10.0.0.77");
  seed.assign(there.interfaceID, [taken]);
  const machine = {
    nodeName: "here",
    instanceID: here.instanceID,
    bootID: "boot",
    sandboxes: () => [],
    connect: () => undefined,
    disconnect: () => undefined,
  };
  return {
    assigner: inProcessAgentPorts(world, machine, { line: new Line() }).assigner,
    here: here.interfaceID,
    there: there.interfaceID,
    taken,
    free: address("10.0.0.78"),
    secondariesOf: async (interfaceID) =>
      world.ec2.snapshot().find(({ id }) => id === interfaceID)?.secondary ?? [],
    stop,
  };
});

describeSweepQueue("a simulation", async () => {
  const { world, ports } = inWorld();
  return {
    queue: ports.queue,
    receiveAfter: async (seconds) => {
      world.clock.advance(seconds * 1000);
      return world.queue.receive(1_000, 43_200).map(({ body }) => {
        const read = readSweepMessage(body);
        if (!read.readable) throw new Error(read.why);
        return read.object;
      });
    },
    waiting: async () => world.queue.messages().length,
    stop,
  };
});

describeMirror("a simulation", async () => {
  const { mirror, ports } = inWorld();
  return { mirror: ports.mirror, put: async (value) => mirror.putByHand(value), stop };
});

describeCluster(
  "the adapter in a simulation",
  async () => {
    const { world, ports } = inWorld();
    return {
      url: await world.kubernetes.start(),
      token: RECLAIMER_TOKEN,
      cluster: { reader: ports.cluster, writer: ports.writer, leases: ports.leases, close: () => undefined },
      stop: () => world.kubernetes.stop(),
    };
  },
  { evaluatesRules: false },
);
