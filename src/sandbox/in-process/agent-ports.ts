import { assignerOver } from "../../adapters/ec2/assigner.ts";
import { clusterOver } from "../../adapters/kubernetes/index.ts";
import type { AgentPorts, HeldLock, Host, HostLock, LiveSandbox } from "../../agent/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SandboxNode } from "../engine/node.ts";
import { seededIdentities } from "../engine/random.ts";
import { AGENT_KEY, type World } from "../engine/world.ts";
import { inProcessCloud } from "./cloud.ts";
import type { Line } from "./line.ts";

/** A machine: what its kernel and container runtime have. It outlives the agent's processes. */
export interface Machine {
  readonly nodeName: string;
  readonly instanceID: string;
  readonly bootID: string;
  sandboxes(): readonly LiveSandbox[];
  connect(sandbox: LiveSandbox): void;
  disconnect(containerID: string): void;
}

export interface AgentOptions {
  /** What all calls of this one process go through. */
  readonly line: Line;
  /** How far its own clock is ahead of the world's. */
  readonly skewMilliseconds?: number | (() => number);
}

const REQUEST_TIMEOUT_MILLISECONDS = 5_000;

/** The ports of one process of a node's agent, to a world in this process. */
export function inProcessAgentPorts(world: World, machine: Machine, options: AgentOptions): AgentPorts {
  const { line, skewMilliseconds = 0 } = options;
  const ahead = typeof skewMilliseconds === "number" ? () => skewMilliseconds : skewMilliseconds;
  const clock: Clock = {
    now: () => world.clock.now() + ahead(),
    sleep: (time) => line.wait("sleep", () => world.clock.sleep(time)),
  };
  const { reader, writer, leases } = clusterOver(world.agentWire(line), clock);
  const { cloud, releaser, client } = inProcessCloud(
    world,
    clock,
    line,
    REQUEST_TIMEOUT_MILLISECONDS,
    AGENT_KEY,
  );
  return {
    cluster: reader,
    writer,
    leases,
    cloud,
    releaser,
    assigner: assignerOver(client),
    host: hostOver(machine, line),
    clock,
    identities: seededIdentities(world.random),
  };
}

const broken = (): Error => new Error("the container runtime did not answer");

function hostOver(machine: Machine, line: Line): Host {
  return {
    nodeName: machine.nodeName,
    instanceID: machine.instanceID,
    bootID: machine.bootID,
    sandboxes: () => machine.sandboxes(),
    connect: (sandbox) =>
      line.cross(
        { to: "host", what: `connect ${sandbox.containerID}` },
        () => machine.connect(sandbox),
        broken,
      ),
    disconnect: (containerID) =>
      line.cross(
        { to: "host", what: `disconnect ${containerID}` },
        () => machine.disconnect(containerID),
        broken,
      ),
  };
}

const LOOK_MILLISECONDS = 50;

/** A node's lock file: whoever holds it and is killed holds it no more. */
export class LockFile {
  #holder: Line | undefined;
  #text: string | undefined;

  /** The lock as the process behind this line sees it. */
  seenBy(line: Line, { sleep, now }: Clock): HostLock {
    return {
      acquire: async (patienceMilliseconds) => {
        const end = now() + patienceMilliseconds;
        while (this.#holder !== undefined && !this.#holder.isDead) {
          if (now() >= end) return undefined;
          await sleep(LOOK_MILLISECONDS);
        }
        this.#holder = line;
        return this.#heldBy(line);
      },
    };
  }

  #heldBy(line: Line): HeldLock {
    return {
      noted: () => this.#text,
      note: (text) =>
        line.cross(
          { to: "host", what: "note" },
          () => {
            this.#text = text;
          },
          broken,
        ),
      release: async () => {
        if (this.#holder === line) this.#holder = undefined;
      },
    };
  }
}

/** A node of the sandbox as a machine. Its Pods' own objects are somebody else's business. */
export function machineOf(node: SandboxNode): Machine {
  return {
    nodeName: node.name,
    instanceID: node.instanceID,
    get bootID() {
      return node.bootID;
    },
    sandboxes: () =>
      [...node.pods.values()].map(({ containerID, address, interfaceID, uid, namespace, name }) => ({
        containerID,
        address,
        interfaceID,
        podUID: uid,
        podNamespace: namespace,
        podName: name,
      })),
    connect: ({ containerID, address, interfaceID, podUID, podNamespace, podName }) =>
      node.startSandbox({
        containerID,
        address,
        interfaceID,
        uid: podUID,
        namespace: podNamespace,
        name: podName,
      }),
    disconnect: (containerID) => {
      const pod = node.pods.get(containerID);
      if (pod !== undefined) node.endSandbox(pod);
    },
  };
}
