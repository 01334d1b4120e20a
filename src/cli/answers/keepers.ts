import { type Address, parseAddress } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { saysKeep, TAG } from "../../domain/objects/names.ts";
import { stateOf } from "../../domain/objects/vpcip.ts";
import type { Gathered } from "../dumps/gather.ts";

/** One place that was looked at for something that accounts for an address. */
export interface Look {
  readonly at:
    | "tags"
    | "NodeENIConfig"
    | "pool"
    | "cooling"
    | "report"
    | "VpcIP"
    | "mark"
    | "claim"
    | "Pod"
    | "instance";
  readonly found: string;
  /** Whether what was found accounts for the address; null where it wasn't looked at. */
  readonly accounts: boolean | null;
}

/** Looks at every keeper of one address on one interface (or on none), and says what it found there. */
export function looksAt(
  gathered: Gathered,
  address: Address,
  face: NetworkInterface | undefined,
): readonly Look[] {
  const looks = [
    ...pods(gathered, address),
    record(gathered, address),
    ...mark(gathered, address),
    ...claims(gathered, address),
  ];
  return face === undefined
    ? looks
    : [...tags(face), instance(gathered, face), ...node(gathered, address, face), ...looks];
}

function tags(face: NetworkInterface): readonly Look[] {
  const optOut = [TAG.keep, TAG.vpcCniNoManage].find((key) => face.tags?.[key] !== undefined);
  const found =
    face.tags === undefined
      ? "the dump gives no tags"
      : optOut === undefined
        ? "none says keep"
        : `${optOut}=${face.tags[optOut]}`;
  return [{ at: "tags", found, accounts: optOut !== undefined }];
}

function instance({ evidence, given }: Gathered, face: NetworkInterface): Look {
  const instanceID = face.attachment?.instanceID ?? face.tags?.[TAG.instance];
  if (instanceID === undefined) return { at: "instance", found: "the interface names none", accounts: null };
  const state = evidence.instances.get(instanceID);
  if (state === undefined) {
    const attached = face.attachment?.instanceID === undefined ? "" : ", its interface is attached";
    const why = given.has("instances") ? "not asked" : "not looked at (--instances)";
    return { at: "instance", found: `${instanceID}${attached}; its state was ${why}`, accounts: null };
  }
  return {
    at: "instance",
    found: `${instanceID} is ${state}`,
    accounts: state === "stopped" || state === "stopping",
  };
}

function node(gathered: Gathered, address: Address, face: NetworkInterface): readonly Look[] {
  const { given, managed, evidence } = gathered;
  if (!given.has("necs"))
    return [
      { at: "NodeENIConfig", found: "not looked at (--necs): the node counts as foreign", accounts: null },
    ];
  const name = managed.get(face.attachment?.instanceID ?? "");
  const config = name === undefined ? undefined : evidence.nodes.get(name)?.config;
  if (name === undefined || config === undefined || !config.readable)
    return [{ at: "NodeENIConfig", found: "none names its instance: the node is foreign", accounts: true }];
  const { pool, cooling, inUse, refills } = config.object.status ?? {};
  const holds = (entries: readonly { address: string }[] | undefined) =>
    entries?.some((entry) => parseAddress(entry.address) === address) === true;
  const sandbox = inUse?.find((entry) => parseAddress(entry.address) === address);
  const open = refills?.filter(({ interfaceID }) => interfaceID === face.id).length ?? 0;
  return [
    {
      at: "NodeENIConfig",
      found: `${name} manages the node${open === 0 ? "" : `; ${open === 1 ? "1 refill of this interface is" : `${open} refills of this interface are`} open`}`,
      accounts: false,
    },
    { at: "pool", found: holds(pool) ? "it is in it" : "it isn't in it", accounts: holds(pool) },
    { at: "cooling", found: holds(cooling) ? "it is cooling" : "it isn't cooling", accounts: holds(cooling) },
    {
      at: "report",
      found:
        sandbox === undefined
          ? "the last report doesn't name it (only one made under the lease counts)"
          : `the last report names container ${sandbox.containerID} (only one made under the lease counts)`,
      accounts: null,
    },
  ];
}

function pods({ evidence }: Gathered, address: Address): readonly Look[] {
  const holders = evidence.pods.filter(({ addresses }) => addresses.includes(address));
  if (holders.length === 0) return [{ at: "Pod", found: "no Pod's status shows it", accounts: false }];
  return holders.map((pod) => {
    const state = pod.finished
      ? "finished, so it uses the address no more"
      : pod.terminating
        ? "terminating, and still has it"
        : "live";
    const host = pod.hostNetwork ? ", in its node's network" : "";
    return {
      at: "Pod",
      found: `${pod.namespace}/${pod.name} on ${pod.nodeName ?? "no node"} shows it: ${state}${host}`,
      accounts: !pod.finished,
    };
  });
}

function record({ evidence }: Gathered, address: Address): Look {
  const { vpcIPs, pods } = evidence;
  if (vpcIPs === undefined) return { at: "VpcIP", found: "not looked at (--vips)", accounts: null };
  const found = vpcIPs.get(address);
  if (found === undefined) return { at: "VpcIP", found: "there is none of that name", accounts: false };
  if (found.known !== "whole")
    return {
      at: "VpcIP",
      found: `it can't be read${found.known === "unreadable" ? `: ${found.why}` : ""}`,
      accounts: true,
    };
  const { spec, metadata } = found.object;
  const keep = saysKeep(metadata.annotations);
  const where = `${stateOf(spec)} on ${spec.nodeName}${spec.interfaceID === undefined ? "" : `, ${spec.interfaceID}`}`;
  if (spec.claim === undefined)
    return {
      at: "VpcIP",
      found: `${where}, without a claim${keep ? ", annotated keep" : ""}`,
      accounts: keep,
    };
  const pod = pods.find(({ uid }) => uid === spec.claim?.podUID);
  const state =
    pod === undefined ? "no Pod has that UID" : pod.finished ? "that Pod has finished" : "that Pod lives";
  return {
    at: "VpcIP",
    found: `${where}, claimed for Pod ${spec.claim.namespace}/${spec.claim.name} (UID ${spec.claim.podUID}): ${state}${keep ? "; annotated keep" : ""}`,
    accounts: keep || (pod !== undefined && !pod.finished),
  };
}

function mark({ evidence }: Gathered, address: Address): readonly Look[] {
  const found = evidence.vpcIPs?.get(address);
  if (found?.known !== "whole") return [];
  const { leak, release, tombstones } = found.object.spec;
  return [
    ...(leak === undefined ? [] : [`marked as ${leak.cause} since ${leak.firstObservedAt}`]),
    ...(release === undefined ? [] : [`a release was intended by run ${release.run} at ${release.time}`]),
    ...(tombstones ?? []).map(
      ({ interfaceID, until }) => `a late request could still take it on ${interfaceID} until ${until}`,
    ),
  ].map((text) => ({ at: "mark", found: text, accounts: false }) as const);
}

function claims({ evidence }: Gathered, address: Address): readonly Look[] {
  if (evidence.claims === undefined)
    return [{ at: "claim", found: "not looked at (--claims)", accounts: null }];
  const naming = [...evidence.claims].filter(
    ([, claim]) => claim.readable && parseAddress(claim.object.status?.address ?? "") === address,
  );
  if (naming.length === 0) return [{ at: "claim", found: "no VpcIPClaim names it", accounts: false }];
  return naming.map(([name, claim]) => {
    const { spec, status } = claim.readable ? claim.object : { spec: {}, status: undefined };
    const policy = spec.static === true ? `static, ${spec.reclaimPolicy ?? "no policy"}` : "not static";
    const detached = status?.detachedAt === undefined ? "" : `, without a Pod since ${status.detachedAt}`;
    return { at: "claim", found: `${name} names it (${policy}${detached})`, accounts: spec.static === true };
  });
}
