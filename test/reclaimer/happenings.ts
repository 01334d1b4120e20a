/** What goes on in a cluster while the functions run, at once: a kubelet and an allocator between two calls of a function. */
import type { Address } from "../../src/domain/address.ts";
import type { Place, SandboxNode, SandboxPod } from "../../src/sandbox/engine/node.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";

/** A Pod gets an address of the pool: the VpcIP first, then the pool. Its status doesn't show the address yet (H02). */
export function startFromPool(node: SandboxNode, name = "new"): SandboxPod {
  const [first] = node.status.pool ?? [];
  if (first === undefined) throw new Error(`the pool of ${node.name} is empty`);
  const at: Place = { address: first.address as Address, interfaceID: first.interfaceID };
  const pod = node.runPod(name, { at, podIP: "", status: { phase: "Pending", podIP: "" } });
  node.updateStatus((status) => ({
    ...status,
    pool: (status.pool ?? []).filter(({ address }) => address !== at.address),
  }));
  return pod;
}

/** A Pod ends: its address cools down first, then its VpcIP goes. */
export function stopPod(node: SandboxNode, pod: SandboxPod): void {
  const { world } = node;
  const { address, interfaceID } = pod;
  node.endSandbox(pod);
  world.truth.need(address, interfaceID, "cooling");
  const until = world.timestamp(600);
  node.updateStatus((status) => ({
    ...status,
    cooling: [...(status.cooling ?? []), { address, interfaceID, until }],
  }));
  world.api.delete("vpcips", { name: address });
  world.kubernetes.erase("pods", pod.name, pod.namespace);
}

/**
 * A sandbox ends that no status of its node names, as if its allocator had died between handing out and the next report: the
 * next one knows of nothing to cool down, and its address is the reclaimer's to find.
 */
export function endUnheard(node: SandboxNode, pod: SandboxPod): void {
  node.endSandbox(pod);
  node.updateStatus((status) => ({
    ...status,
    inUse: (status.inUse ?? []).filter(({ containerID }) => containerID !== pod.containerID),
  }));
}

/** A refill in its three steps, each of which may be the last. */
export class Refill {
  readonly #node: SandboxNode;
  readonly #interfaceID: string;
  readonly #id: string;
  addresses: readonly Address[] = [];

  constructor(node: SandboxNode, id = "refill-1") {
    this.#node = node;
    this.#interfaceID = node.interfaceIDs[0] ?? "";
    this.#id = id;
  }

  intend(count = 1): this {
    const startedAt = this.#node.world.timestamp();
    const open = { id: this.#id, interfaceID: this.#interfaceID, count, startedAt };
    this.#node.updateStatus((status) => ({ ...status, refills: [...(status.refills ?? []), open] }));
    return this;
  }

  assign(count = 1): this {
    this.addresses = this.#node.world.ec2.seed.assign(this.#interfaceID, count);
    return this;
  }

  /** The record succeeds only while the refill's own ID is there. */
  record(): boolean {
    const { status } = this.#node;
    if (status.refills?.some(({ id }) => id === this.#id) !== true) return false;
    const added = this.addresses.map((address) => ({ address, interfaceID: this.#interfaceID }));
    for (const { address } of added) this.#node.world.truth.need(address, this.#interfaceID, "pool");
    this.#node.updateStatus((now) => ({
      ...now,
      refills: (now.refills ?? []).filter(({ id }) => id !== this.#id),
      pool: [...(now.pool ?? []), ...added],
    }));
    return true;
  }
}

/** A line on which something happens right before the nth call. */
export function lineWith(nth: number, happen: () => void): Line {
  const line = new Line();
  line.fateOf = (_crossing, count) => {
    if (count === nth) happen();
    return "through";
  };
  return line;
}
