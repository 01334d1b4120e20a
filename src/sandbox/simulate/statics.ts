import { type Address, parseAddress } from "../../domain/address.ts";
import { API_GROUP, API_VERSION } from "../../domain/objects/names.ts";
import type { Manifest } from "../engine/api.ts";
import type { SimNode } from "./node.ts";
import type { Pods, SimPod } from "./pods.ts";
import type { Stage } from "./stage.ts";

const NAMESPACE = "default";
const MINUTE = 60_000;
/** So long after a Pod of the claim was on another node, a move that it asked for may still come. */
const MOVE_MILLISECONDS = 24 * 60 * MINUTE;

/** A sweep looks at the Pods when it has the lease, and has it for no longer: of one that came since it can't know. */
const UNSEEN_MILLISECONDS = 11 * MINUTE;

type Policy = "Never" | "WithPod" | "AfterExpiry";

/** A static claim, and what became of it in truth. */
export interface StaticClaim {
  readonly name: string;
  readonly uid: string;
  readonly policy: Policy;
  readonly expireMilliseconds: number;
  /** Where its Pod last had an address. */
  place: { readonly address: Address; readonly interfaceID: string; readonly node: SimNode } | undefined;
  /** Etcd went back, and nothing in it told of the place: the address may go, or somebody may yet remember. */
  isForgotten: boolean;
  /** Since when no Pod of its name is there. */
  absentSince: number;
  /** When the latest Pod of its name came. */
  cameAt: number;
  /** When a Pod of its name was last on another node than its address. */
  elsewhereAt: number;
}

type ClaimObject = Manifest & { readonly status?: { readonly address?: string } };
type RecordObject = Manifest & {
  readonly spec: {
    readonly interfaceID?: string;
    readonly claim?: { readonly name: string; readonly uid?: string };
  };
};

/** Static claims and their Pods, as a StatefulSet would have them: by name, on any node. */
export class Statics {
  readonly claims: StaticClaim[] = [];
  /** Deleted by people; a restored etcd may bring one back, with all its rights. */
  readonly #dropped: StaticClaim[] = [];
  readonly #stage: Stage;
  readonly #pods: Pods;
  readonly #everClaimed = new Set<string>();
  /**
   * Their Pods ran when etcd went back: whether anything tells of their addresses shows when those have ended. With the place that
   * they had before as etcd has it again, where that is another one.
   */
  readonly #inDoubt = new Map<StaticClaim, StaticClaim["place"]>();
  #count = 0;

  constructor(stage: Stage, pods: Pods) {
    this.#stage = stage;
    this.#pods = pods;
    stage.oracle.retained = (address, interfaceID) => this.#retaining(address, interfaceID);
    stage.oracle.isStatic = (podName) => this.#everClaimed.has(podName);
    stage.oracle.heard = (node, { podName, address, interfaceID }) => {
      const claim = this.claims.find(({ name }) => name === podName);
      if (claim === undefined || !this.#isThere(claim)) return; // A Pod whose claim is gone from the API is a plain one.
      const where = (this.#pods.named(podName) ?? this.#lateOf(claim, node, address))?.node;
      if (where?.name === node)
        Object.assign(claim, { place: { address, interfaceID, node: where }, isForgotten: false });
    };
    stage.oracle.ended = ({ podName }) => {
      for (const claim of this.#inDoubt.keys()) if (claim.name === podName) this.#lookAtMemory(claim);
    };
  }

  claim(policy: Policy, expireMilliseconds: number, name = `db-${++this.#count}`): StaticClaim {
    const { api } = this.#stage.world;
    const minutes = Math.ceil(expireMilliseconds / MINUTE);
    const laid = api.lay<{ metadata: { uid: string } }>("vpcipclaims", {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "VpcIPClaim",
      metadata: { namespace: NAMESPACE, name },
      spec: {
        static: true,
        reclaimPolicy: policy,
        ...(policy === "AfterExpiry" ? { expireAfter: `${minutes}m` } : {}),
      },
    });
    this.#stage.log.add("person", `claims a static address for ${name}, ${policy} ${minutes}m`);
    this.#everClaimed.add(name);
    const claim: StaticClaim = {
      name,
      uid: laid.metadata.uid,
      policy,
      expireMilliseconds,
      place: undefined,
      isForgotten: false,
      absentSince: this.#stage.clock.now(),
      cameAt: Number.NEGATIVE_INFINITY,
      elsewhereAt: Number.NEGATIVE_INFINITY,
    };
    this.claims.push(claim);
    return claim;
  }

  /** The Pod of a claim comes, or comes back. */
  start(claim: StaticClaim, node: SimNode): void {
    if (this.#pods.named(claim.name) !== undefined) return;
    claim.cameAt = this.#stage.clock.now();
    const pod = this.#pods.start(node, { name: claim.name });
    this.#follow(claim, pod);
  }

  /** A person deletes a claim that has no Pod. */
  drop(claim: StaticClaim): void {
    this.#stage.log.add("person", `deletes the claim ${claim.name}`);
    this.#stage.world.api.delete("vpcipclaims", { namespace: NAMESPACE, name: claim.name });
    const index = this.claims.indexOf(claim);
    if (index >= 0) this.#dropped.push(...this.claims.splice(index, 1));
  }

  hasPod({ name }: StaticClaim): boolean {
    return this.#pods.named(name) !== undefined;
  }

  /**
   * Whether a claim that is there still has a right to an address, wherever that is. One whose Pod never had any has it to what both
   * it and its VpcIP say: whether that was shown to anybody before its node died nobody can know.
   *
   * @param uid of the claim that the address's VpcIP names
   */
  retains(address: string, uid?: string): boolean {
    const claims = [...this.claims, ...this.#dropped];
    return claims.some((claim) => {
      const isIts =
        claim.place === undefined
          ? claim.uid === uid && this.#objectOf(claim)?.status?.address === address
          : claim.place.address === address;
      return isIts && this.#isStanding(claim);
    });
  }

  /**
   * The address that a Pod of that name waits for: where a Pod of the claim had it; where none ever had any, as the claim and its
   * VpcIP say, which names no interface where the address is on none.
   */
  toldOf(name: string): { readonly address: Address; readonly interfaceID?: string } | undefined {
    const claim = this.claims.find((one) => one.name === name);
    if (claim === undefined || claim.place !== undefined) return claim?.place;
    const address = parseAddress(this.#objectOf(claim)?.status?.address ?? "");
    const record = address && this.#stage.world.api.get<RecordObject>("vpcips", { name: address });
    if (address === undefined || record?.spec.claim?.uid !== claim.uid) return undefined;
    const { interfaceID } = record.spec;
    return { address, ...(interfaceID === undefined ? {} : { interfaceID }) };
  }

  /** Etcd went back. */
  etcdWentBack(): void {
    for (const claim of this.claims) {
      this.#lookAtMemory(claim);
      const before = claim.isForgotten ? undefined : claim.place;
      // The claim may have been gone when its Pod got an address: from now on that is the claim's.
      const node = this.#pods.named(claim.name)?.node;
      for (const sandbox of node?.sandboxes.values() ?? [])
        if (sandbox.podName === claim.name) this.#stage.oracle.heard(node?.name ?? "", sandbox);
      if (claim.place !== undefined && claim.place.address !== before?.address)
        this.#inDoubt.set(claim, before);
    }
  }

  /** A Pod that the API server has forgotten, and for which the claim was given its address nevertheless. */
  #lateOf(claim: StaticClaim, node: string, address: Address): SimPod | undefined {
    if (this.#objectOf(claim)?.status?.address !== address) return undefined;
    return [...this.#pods.all.values()].find((pod) => pod.name === claim.name && pod.node.name === node);
  }

  /** Of an address that lies without a sandbox nobody knows whose it was, where neither its record nor its claim says so. */
  #lookAtMemory(claim: StaticClaim): void {
    const { api } = this.#stage.world;
    const { place } = claim;
    if (place === undefined) return;
    if ([...place.node.sandboxes.values()].some(({ podName }) => podName === claim.name)) {
      this.#inDoubt.set(claim, this.#inDoubt.get(claim));
      return;
    }
    const before = this.#inDoubt.get(claim);
    this.#inDoubt.delete(claim);
    const object = api.get<ClaimObject>("vpcipclaims", { namespace: NAMESPACE, name: claim.name });
    const record = api.get<RecordObject>("vpcips", { name: place.address });
    const told = object?.status?.address;
    // A claim has one address: where it has said another one again, a record of this one is no word for it.
    const saysAnother = before !== undefined && told === before.address;
    const isNamed = !saysAnother && record?.spec.claim?.name === claim.name;
    if (told === place.address || isNamed) return;
    claim.place = before ?? place;
    claim.isForgotten = before === undefined;
  }

  #follow(claim: StaticClaim, pod: SimPod): void {
    const { clock } = this.#stage;
    pod.ended = () => {
      claim.absentSince = clock.now();
      if (claim.place !== undefined && claim.place.node !== pod.node) claim.elsewhereAt = clock.now();
    };
  }

  #retaining(address: Address, interfaceID: string): string | undefined {
    const claim = this.claims.find(
      ({ place }) => place?.address === address && place.interfaceID === interfaceID,
    );
    if (
      claim?.place === undefined ||
      claim.isForgotten ||
      claim.place.node.power === "gone" ||
      !this.#isStanding(claim, UNSEEN_MILLISECONDS)
    )
      return undefined;
    const pod = this.#pods.named(claim.name);
    const isMoving =
      (pod !== undefined && pod.node !== claim.place.node) ||
      this.#stage.clock.now() - claim.elsewhereAt < MOVE_MILLISECONDS;
    return isMoving ? undefined : `${NAMESPACE}/${claim.name}`;
  }

  #objectOf({ name }: StaticClaim): ClaimObject | undefined {
    return this.#stage.world.api.get<ClaimObject>("vpcipclaims", { namespace: NAMESPACE, name });
  }

  #isThere(claim: StaticClaim): boolean {
    return this.#objectOf(claim)?.metadata["uid"] === claim.uid;
  }

  /** @param unseen a Pod that came within so many milliseconds counts for nothing yet */
  #isStanding(claim: StaticClaim, unseen = 0): boolean {
    const now = this.#stage.clock.now();
    if (!this.#isThere(claim)) return false;
    const isSeen = this.hasPod(claim) && now - claim.cameAt >= unseen;
    if (isSeen || claim.policy === "Never") return true;
    return claim.policy === "AfterExpiry" && now - claim.absentSince < claim.expireMilliseconds;
  }
}
