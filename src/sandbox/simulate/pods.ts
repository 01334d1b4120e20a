import type { SimNode } from "./node.ts";
import type { Stage } from "./stage.ts";

/** A Pod as its kubelet has it. */
export interface SimPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: SimNode;
  /** A container that ends by itself. */
  readonly isJob: boolean;
  /** It shall run. */
  isWanted: boolean;
  /** The sandbox that it has, or that is being made. */
  containerID: string;
  isRunning: boolean;
  /** The Pod object is gone while the containers run on. */
  isForgotten: boolean;
  /** Told when the Pod is gone. */
  ended: () => void;
}

/** What kind of Pod: a plain one, one that ends by itself, or one with a name that comes back. */
export interface PodSeed {
  readonly isJob?: boolean;
  readonly name?: string;
}

const FIRST_DELAY_MILLISECONDS = 15_000;
const LONGEST_DELAY_MILLISECONDS = 60 * 60_000;
const PROMPT_MILLISECONDS = 10_000;

/** What kubelets, container runtimes and controllers do with Pods. */
export class Pods {
  readonly all = new Map<string, SimPod>();
  readonly #stage: Stage;
  #count = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get running(): readonly SimPod[] {
    return [...this.all.values()].filter(({ isRunning, isWanted }) => isRunning && isWanted);
  }

  /** The Pod object of that name, as people see it. */
  named(name: string): SimPod | undefined {
    return [...this.all.values()].find((pod) => pod.name === name && !pod.isForgotten);
  }

  start(node: SimNode, { isJob = false, name }: PodSeed = {}): SimPod {
    const { dice } = this.#stage;
    const pod: SimPod = {
      uid: dice.uuid(),
      namespace: "default",
      name: name ?? `${isJob ? "job" : "web"}-${++this.#count}`,
      node,
      isJob,
      isWanted: true,
      containerID: "",
      isRunning: false,
      isForgotten: false,
      ended: () => undefined,
    };
    this.all.set(pod.uid, pod);
    this.#lay(pod, { phase: "Pending" });
    this.#stage.log.add(`kubelet ${node.name}`, `starts ${pod.name} ${pod.uid}`);
    this.#stage.spawn(this.#run(pod));
    return pod;
  }

  /** A graceful end: the object goes after the sandbox. */
  stop(pod: SimPod): void {
    this.#stage.spawn(this.#end(pod, () => this.#forget(pod)));
  }

  /** The Pod ends, and its object stays with that phase. */
  finish(pod: SimPod, phase: "Succeeded" | "Failed"): void {
    this.#stage.spawn(this.#end(pod, () => this.#lay(pod, { phase, podIP: this.#addressOf(pod) })));
  }

  /** `kubectl delete --force`: the object is gone at once, the containers run on for a while. */
  forceDelete(pod: SimPod, milliseconds: number): void {
    this.#erase(pod);
    pod.isForgotten = true;
    pod.ended();
    this.#stage.spawn(this.#stage.sleep(milliseconds).then(() => this.#end(pod, () => this.#forget(pod))));
  }

  /** The sandbox died without a DEL, and the Pod object is gone: nobody will ever say that its address is free. */
  vanish(pod: SimPod): void {
    this.#stage.log.add(`kubelet ${pod.node.name}`, `loses ${pod.name}`);
    pod.node.unwire(pod.containerID);
    pod.node.namespaces.delete(pod.containerID);
    this.#forget(pod);
  }

  /** The sandbox died, and the runtime makes another one for the same Pod; the old one's DEL may never come. */
  remake(pod: SimPod, isDelSkipped: boolean): void {
    const { containerID, node } = pod;
    node.unwire(containerID);
    node.namespaces.delete(containerID);
    pod.isRunning = false;
    if (!isDelSkipped) this.#stage.spawn(this.#del(pod, containerID, node.epoch));
    this.#stage.spawn(this.#run(pod));
  }

  /** After a reboot: each Pod gets a new sandbox. */
  rebooted(node: SimNode): void {
    for (const pod of this.#on(node)) {
      pod.isRunning = false;
      if (pod.isForgotten || !pod.isWanted) this.#forget(pod);
      else this.#stage.spawn(this.#run(pod));
    }
  }

  /** The instance is gone, and so are its Pods; their objects go with the Node. */
  lost(node: SimNode): void {
    for (const pod of this.#on(node)) this.#forget(pod);
  }

  /** After objects were lost or came back: what kubelets and controllers make of them, some time later. */
  reconcile(milliseconds: number): void {
    const { kubernetes } = this.#stage.world;
    const objects = new Set(kubernetes.objects("pods").map(({ metadata }) => metadata.uid ?? ""));
    for (const pod of this.all.values()) {
      if (objects.has(pod.uid) || pod.isForgotten) continue;
      pod.isForgotten = true;
      pod.ended();
      this.#stage.oracle.times.podEnded(pod.uid, this.#stage.clock.now());
      this.#stage.spawn(this.#stage.sleep(milliseconds).then(() => this.#end(pod, () => this.#forget(pod))));
    }
    const sweep = (): void => {
      for (const { metadata } of kubernetes.objects("pods")) {
        const pod = this.all.get(metadata.uid ?? "");
        const isOver = pod === undefined || !(pod.isWanted || pod.node.sandboxes.has(pod.containerID));
        if (isOver) {
          kubernetes.erase("pods", metadata.name, metadata.namespace);
          if (pod?.isForgotten === false) {
            pod.isForgotten = true;
            pod.ended();
          }
        }
        // A kubelet says again what is, where the API server shows otherwise (kubelet, status manager).
        else if (pod.isRunning) this.#lay(pod, { phase: "Running", podIP: this.#addressOf(pod) });
      }
    };
    this.#stage.spawn(this.#stage.sleep(milliseconds).then(sweep));
  }

  #on(node: SimNode): readonly SimPod[] {
    return [...this.all.values()].filter((pod) => pod.node === node);
  }

  async #run(pod: SimPod): Promise<void> {
    const { node } = pod;
    const { epoch } = node;
    let delay = FIRST_DELAY_MILLISECONDS;
    const isOver = (): boolean => !pod.isWanted || node.epoch !== epoch || pod.isRunning;
    while (!isOver()) {
      await node.awake();
      const containerID = this.#stage.dice.hex(16);
      pod.containerID = containerID;
      node.namespaces.add(containerID);
      const { uid: podUID, namespace, name } = pod;
      const askedAt = this.#stage.clock.now();
      const added = await node.agent.add({ namespace, name, podUID, containerID });
      this.#heard(node.name, "why" in added ? added.why : undefined, askedAt);
      await node.awake();
      const isThere = node.sandboxes.has(containerID);
      if (added.kind === "added" && isThere && !isOver()) {
        pod.isRunning = true;
        this.#lay(pod, { phase: "Running", podIP: added.address });
        return;
      }
      this.#stage.log.add(
        `kubelet ${node.name}`,
        `${name} ${containerID}: ${"why" in added ? added.why : "late"}`,
      );
      this.#stage.spawn(this.#del(pod, containerID, epoch));
      await this.#stage.sleep(delay);
      delay = Math.min(delay * 3, LONGEST_DELAY_MILLISECONDS);
    }
  }

  /** Where the allocator stood still meanwhile, its answer is as old. */
  #heard(node: string, why: string | undefined, askedAt: number): void {
    const { clock, refusals, oracle } = this.#stage;
    const now = clock.now();
    if (now - askedAt > PROMPT_MILLISECONDS) return;
    const wrong = refusals.told(node, why, now);
    if (wrong !== undefined) oracle.fail("stopped-too-long", wrong);
  }

  async #end(pod: SimPod, after: () => void): Promise<void> {
    if (!pod.isWanted) return;
    pod.isWanted = false;
    this.#stage.log.add(`kubelet ${pod.node.name}`, `ends ${pod.name}`);
    const { epoch } = pod.node;
    await this.#stage.breath();
    if (pod.containerID !== "") await this.#del(pod, pod.containerID, epoch);
    pod.isRunning = false;
    if (pod.node.epoch === epoch) after();
  }

  async #del(pod: SimPod, containerID: string, epoch: number): Promise<void> {
    let delay = FIRST_DELAY_MILLISECONDS;
    while (pod.node.epoch === epoch) {
      await pod.node.awake();
      if ((await pod.node.agent.del(containerID)) === "done") {
        pod.node.namespaces.delete(containerID);
        return;
      }
      await this.#stage.sleep(delay);
      delay = Math.min(delay * 3, LONGEST_DELAY_MILLISECONDS);
    }
  }

  #addressOf(pod: SimPod): string | undefined {
    return pod.node.sandboxes.get(pod.containerID)?.address;
  }

  #forget(pod: SimPod): void {
    pod.isWanted = false;
    pod.isRunning = false;
    this.#erase(pod);
    this.all.delete(pod.uid);
    if (!pod.isForgotten) pod.ended();
  }

  #erase({ namespace, name, uid }: SimPod): void {
    const { api, kubernetes } = this.#stage.world;
    if (api.get("pods", { namespace, name })?.metadata.uid === uid) kubernetes.erase("pods", name, namespace);
  }

  #lay(
    { uid, namespace, name, node, isForgotten }: SimPod,
    status: { readonly phase: string; readonly podIP?: string | undefined },
  ): void {
    if (isForgotten) return;
    const { podIP, phase } = status;
    this.#stage.world.kubernetes.seed("pods", [
      {
        metadata: { name, namespace, uid },
        spec: { nodeName: node.name, containers: [{ name: "main", image: "none" }], restartPolicy: "Always" },
        status: { phase, ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }) },
      },
    ]);
  }
}
