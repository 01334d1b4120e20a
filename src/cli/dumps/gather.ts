import { readInterface } from "../../adapters/ec2/interface-from.ts";
import { readNode } from "../../adapters/kubernetes/node-from.ts";
import { parseNodeENIConfig, parseVpcIP, parseVpcIPClaim } from "../../adapters/kubernetes/parse.ts";
import { readPod } from "../../adapters/kubernetes/pod-from.ts";
import { type Address, parseAddress } from "../../domain/address.ts";
import type {
  Evidence,
  InstanceState,
  ManagedNode,
  NetworkInterface,
  NodeView,
  PodView,
  VpcIPEvidence,
} from "../../domain/evidence.ts";
import { instancesInQuestion } from "../../domain/judgement/index.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import { SENTINEL, TAG } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { Problem, type World } from "../world.ts";
import { Distinct } from "./distinct.ts";
import { instanceStates, readInstance } from "./instances.ts";
import { checkStandardInput, type Found, type Input, visit } from "./sources.ts";

/** Everything that the dumps say, as evidence, and what is to be said of the dumps themselves. */
export interface Gathered {
  readonly evidence: Evidence;
  readonly nodes: readonly NodeView[];
  /** Names of the nodes of EKS Auto Mode. */
  readonly autoNodes: ReadonlySet<string>;
  readonly configs: readonly Parsed<StoredNodeENIConfig>[];
  /** Instance -> node of the NodeENIConfigs. */
  readonly managed: ReadonlyMap<string, string>;
  readonly given: ReadonlySet<Input>;
  readonly warnings: readonly string[];
}

export interface GatherOptions {
  readonly files: ReadonlyMap<Input, readonly string[]>;
  /** UID of the kube-system namespace, where a person gave it. */
  readonly clusterUID?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export async function gather(world: World, options: GatherOptions): Promise<Gathered> {
  const { files } = options;
  checkStandardInput(files);
  const read = async <T>(input: Input, reader: (found: Found, into: Distinct<T>) => void) => {
    const paths = files.get(input);
    if (paths === undefined) return undefined;
    const distinct = new Distinct<T>();
    await visit(world, input, paths, (found) => reader(found, distinct));
    return distinct.all();
  };
  const interfaces = (await read<NetworkInterface>("interfaces", interfaceInto)) ?? [];
  const pods = (await read<PodView>("pods", podInto)) ?? [];
  const vips = await read<Parsed<StoredVpcIP>>("vips", objectInto(parseVpcIP));
  const claims = await read<Parsed<StoredVpcIPClaim>>("claims", objectInto(parseVpcIPClaim));
  const configs = (await read<Parsed<StoredNodeENIConfig>>("necs", objectInto(parseNodeENIConfig))) ?? [];
  const autoNodes = new Set<string>();
  const nodes = await read<NodeView>("nodes", (found, into) => {
    nodeInto(found, into);
    if (isAuto(found.raw)) autoNodes.add((found.raw as { metadata: { name: string } }).metadata.name);
  });
  const listed = await read<{ id: string; state: InstanceState }>("instances", instanceInto);

  const managed = managedInstances(configs);
  const clusterUID = options.clusterUID ?? clusterUIDOf(interfaces, managed);
  const known: Evidence = {
    ...(clusterUID === undefined ? {} : { cluster: { uid: clusterUID } }),
    now: options.at,
    interfaces,
    nodes: managedNodes(configs, nodes),
    ...(vips === undefined ? {} : { vpcIPs: vpcIPs(vips) }),
    pods,
    ...(claims === undefined ? {} : { claims: new Map(claims.map((claim) => [claimName(claim), claim])) }),
    instances: new Map(),
  };
  const { states, missing } =
    listed === undefined
      ? { states: new Map<string, InstanceState>(), missing: [] }
      : instanceStates(
          new Map(listed.map(({ id, state }) => [id, state])),
          instancesInQuestion(known),
          interfaces,
        );
  return {
    evidence: { ...known, instances: states },
    nodes: nodes ?? [],
    autoNodes,
    configs,
    managed,
    given: new Set(files.keys()),
    warnings: [
      ...(missing.length === 0
        ? []
        : [
            `--instances lacks ${missing.length === 1 ? "1 instance that has" : `${missing.length} instances that have`} interfaces here (e.g. ${missing[0]}): it was filtered, so an instance that it lacks counts as unknown, not as gone`,
          ]),
      ...sentinelWarnings(vips, configs, files),
    ],
  };
}

function interfaceInto(found: Found, into: Distinct<NetworkInterface>): void {
  const read = readInterface(found.raw);
  if (!read.readable) throw unreadable(found, read.path, read.why, read.id);
  into.add(read.object.id, read.object.id, found, read.object);
}

function podInto(found: Found, into: Distinct<PodView>): void {
  const read = readPod(found.raw);
  if (!read.readable) throw unreadable(found, read.path, read.why, read.name);
  const { namespace, name, uid } = read.object;
  into.add(uid, `Pod ${namespace}/${name}`, found, read.object);
}

function nodeInto(found: Found, into: Distinct<NodeView>): void {
  const read = readNode(found.raw);
  if (!read.readable) throw unreadable(found, read.path, read.why, read.name);
  into.add(read.object.name, `Node ${read.object.name}`, found, read.object);
}

/** EKS User Guide, "Create node pool for EKS Auto Mode": its nodes have this label. */
function isAuto(node: unknown): boolean {
  const { metadata } = node as { metadata?: { labels?: Readonly<Record<string, unknown>> | null } };
  return metadata?.labels?.["eks.amazonaws.com/compute-type"] === "auto";
}

function instanceInto(found: Found, into: Distinct<{ id: string; state: InstanceState }>): void {
  const read = readInstance(found.raw);
  if (!read.readable) throw unreadable(found, read.path, read.why);
  into.add(read.object.id, read.object.id, found, read.object);
}

/** Our own objects: one of a shape that this version doesn't know stays, as unreadable: then nothing is known of it. */
function objectInto<T extends { metadata: { name: string; namespace?: string | undefined } }>(
  parse: (raw: unknown) => Parsed<T>,
): (found: Found, into: Distinct<Parsed<T>>) => void {
  return (found, into) => {
    const metadata = (found.raw as { metadata?: { name?: unknown } } | null)?.metadata;
    if (typeof metadata?.name !== "string" || metadata.name === "")
      throw unreadable(found, "metadata.name", "is missing");
    const parsed = parse(found.raw);
    const name = parsed.readable ? nameOf(parsed.object) : parsed.name;
    into.add(name, name, found, parsed);
  };
}

function unreadable(found: Found, path: string, why: string, called?: string): Problem {
  const inside = [found.path, path].filter((part) => part !== "").join(".");
  const who = called === undefined || called === "" ? "" : ` (of ${called})`;
  return new Problem(`${found.source}: ${inside}${who} ${plainly(why)}; give the output as it was printed`);
}

/** A schema's complaint in a person's words. */
function plainly(why: string): string {
  const [, expected, received] = /^Invalid input: expected (\S+), received (\S+)$/.exec(why) ?? [];
  if (expected === undefined) return why.replace(/^Invalid input: /, "");
  return received === "undefined"
    ? "is missing"
    : `is ${withArticle(received)}, not ${withArticle(expected)}`;
}

function withArticle(word: string | undefined): string {
  if (word === "null" || word === undefined) return "null";
  const name = word === "array" ? "list" : word;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

function managedInstances(configs: readonly Parsed<StoredNodeENIConfig>[]): ReadonlyMap<string, string> {
  const managed = new Map<string, string>();
  for (const config of configs) {
    if (!config.readable || config.object.metadata.name === SENTINEL.nodeENIConfig) continue;
    const { instanceID, allocator } = config.object.status ?? {};
    if (instanceID !== undefined && allocator !== "foreign")
      managed.set(instanceID, config.object.metadata.name);
  }
  return managed;
}

function managedNodes(
  configs: readonly Parsed<StoredNodeENIConfig>[],
  nodes: readonly NodeView[] | undefined,
): ReadonlyMap<string, ManagedNode> {
  const views = new Map(nodes?.map((node) => [node.name, node]));
  return new Map(
    configs.map((config) => {
      const name = config.readable ? config.object.metadata.name : config.name;
      return [name, { config, ...(nodes === undefined ? {} : { node: views.get(name) ?? "missing" }) }];
    }),
  );
}

function vpcIPs(vips: readonly Parsed<StoredVpcIP>[]): ReadonlyMap<Address, VpcIPEvidence> {
  const found = new Map<Address, VpcIPEvidence>();
  for (const vip of vips) {
    const name = vip.readable ? vip.object.metadata.name : vip.name;
    const address = parseAddress(name);
    if (address === undefined)
      throw new Problem(
        `the VpcIP "${name}" is named by no IPv4 address: give the output of \`kubectl get vip -o json\` as it was printed`,
      );
    found.set(
      address,
      vip.readable ? { known: "whole", object: vip.object } : { known: "unreadable", why: vip.why },
    );
  }
  return found;
}

/** The agent tags every interface that it attaches with the cluster's UID: where those of managed nodes agree, it is ours. */
function clusterUIDOf(
  interfaces: readonly NetworkInterface[],
  managed: ReadonlyMap<string, string>,
): string | undefined {
  const uids = new Set<string>();
  for (const { attachment, tags } of interfaces) {
    const uid = tags?.[TAG.clusterUID];
    if (uid !== undefined && managed.has(attachment?.instanceID ?? "")) uids.add(uid);
  }
  return uids.size === 1 ? [...uids][0] : undefined;
}

function claimName(claim: Parsed<StoredVpcIPClaim>): string {
  return claim.readable ? nameOf(claim.object) : claim.name;
}

function nameOf({ metadata }: { metadata: { name: string; namespace?: string | undefined } }): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** The sentinels are in every complete list of a running install (design: lost memory); online their absence freezes. */
function sentinelWarnings(
  vips: readonly Parsed<StoredVpcIP>[] | undefined,
  configs: readonly Parsed<StoredNodeENIConfig>[],
  files: ReadonlyMap<Input, readonly string[]>,
): readonly string[] {
  const has = (list: readonly Parsed<{ metadata: { name: string } }>[], name: string) =>
    list.some((item) => (item.readable ? item.object.metadata.name : item.name) === name);
  const lacks = (flag: string, what: string) =>
    `--${flag} lacks the sentinel (${what}): the functions would freeze on such a list, unless this install is new`;
  return [
    ...(vips !== undefined && !has(vips, SENTINEL.vpcIP) ? [lacks("vips", `VpcIP ${SENTINEL.vpcIP}`)] : []),
    ...(files.has("necs") && !has(configs, SENTINEL.nodeENIConfig)
      ? [lacks("necs", `NodeENIConfig ${SENTINEL.nodeENIConfig}`)]
      : []),
  ];
}
