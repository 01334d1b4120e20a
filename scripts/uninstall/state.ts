import { lease as leaseSchema, type StoredLease } from "../../src/domain/objects/lease.ts";
import { API_GROUP, SENTINEL, SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import { does, type Kubectl } from "./kubectl.ts";

/** A VpcIP, as far as an uninstall asks. Times are RFC 3339, of the API server. */
export interface Record {
  readonly address: string;
  readonly nodeName: string;
  readonly claim: { readonly pod: string; readonly podUID: string; readonly isStatic: boolean } | undefined;
  readonly isMarked: boolean;
  readonly releaseTime: string | undefined;
  readonly tombstonesUntil: readonly string[];
}

export interface State {
  /** Milliseconds since the epoch, by the API server's clock. */
  readonly now: number;
  readonly hasNamespace: boolean;
  /** Plurals of our kinds that the cluster has. */
  readonly kinds: readonly string[];
  readonly records: readonly Record[];
  /** UIDs of Pods that are not finished. */
  readonly livingPods: ReadonlySet<string>;
  /** Names of Pods in our namespace that are not finished: the agents. */
  readonly podsOfOurs: readonly string[];
  readonly leases: readonly StoredLease[];
}

/** In the order in which they go: what says that an address is taken goes last. */
export const KINDS = ["nodeeniconfigs", "vpcipclaims", "vpcips"] as const;

export const crdOf = (plural: string): string => `${plural}.${API_GROUP}`;

const RECORD_FIELDS = [
  ".metadata.name",
  ".spec.nodeName",
  ".spec.claim.namespace",
  ".spec.claim.name",
  ".spec.claim.podUID",
  ".spec.claim.uid",
  ".spec.leak.cause",
  ".spec.release.time",
  ".spec.tombstones[*].until",
];
const POD_FIELDS = [".metadata.uid", ".metadata.namespace", ".metadata.name", ".status.phase"];

/** Reads all of it anew. A list is asked for in pages, and for the named fields only: there may be 250,000 of them. */
export async function readState(kubectl: Kubectl): Promise<State> {
  const found = await does(kubectl, ["get", "crd", "--output=name"]);
  const kinds = KINDS.filter((plural) => found.includes(`/${crdOf(plural)}\n`));
  const namespaces = await does(kubectl, ["get", "namespace", "--output=name"]);
  const pods = await rows(kubectl, ["pods", "--all-namespaces"], POD_FIELDS);
  const living = pods.filter(([, , , phase]) => phase !== "Succeeded" && phase !== "Failed");
  return {
    now: await serverTime(kubectl),
    hasNamespace: namespaces.split("\n").includes(`namespace/${SYSTEM_NAMESPACE}`),
    kinds,
    records: kinds.includes("vpcips") ? await readRecords(kubectl) : [],
    livingPods: new Set(living.map(([uid = ""]) => uid)),
    podsOfOurs: living.flatMap(([, namespace, name = ""]) => (namespace === SYSTEM_NAMESPACE ? [name] : [])),
    leases: await readLeases(kubectl),
  };
}

async function readRecords(kubectl: Kubectl): Promise<readonly Record[]> {
  const records = await rows(kubectl, [crdOf("vpcips")], RECORD_FIELDS);
  return records.flatMap(
    ([address = "", nodeName = "", namespace, name = "", podUID = "", uid, cause, time, tombstones = ""]) =>
      address === SENTINEL.vpcIP
        ? []
        : {
            address,
            nodeName,
            claim: name === "" ? undefined : { pod: `${namespace}/${name}`, podUID, isStatic: uid !== "" },
            isMarked: cause !== "",
            releaseTime: time || undefined,
            tombstonesUntil: tombstones.split(" ").filter((until) => until !== ""),
          },
  );
}

async function readLeases(kubectl: Kubectl): Promise<readonly StoredLease[]> {
  const said = await does(kubectl, ["get", "leases", `--namespace=${SYSTEM_NAMESPACE}`, "--output=json"]);
  const { items } = JSON.parse(said) as { readonly items: readonly object[] };
  return items.map((item) => leaseSchema.parse(item) as StoredLease);
}

/** A create without effect is stamped by the server (Kubernetes API concepts, "Dry-run"). */
async function serverTime(kubectl: Kubectl): Promise<number> {
  const args = ["create", "configmap", "what-time-is-it", "--namespace=default", "--dry-run=server"];
  return Date.parse(await does(kubectl, [...args, "--output=jsonpath={.metadata.creationTimestamp}"]));
}

async function rows(
  kubectl: Kubectl,
  what: readonly string[],
  fields: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const template = `{range .items[*]}${fields.map((field) => `{${field}}`).join('{"\\t"}')}{"\\n"}{end}`;
  const said = await does(kubectl, ["get", ...what, `--output=jsonpath=${template}`]);
  return said
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}
