import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type Filter,
  type NetworkInterface as RawInterface,
} from "@aws-sdk/client-ec2";
import { type InstanceState, instanceStateOf, type NetworkInterface } from "../../domain/evidence.ts";
import { TAG } from "../../domain/objects/names.ts";
import { CloudError, type CloudReader } from "../../ports/cloud.ts";
import { boundedRequests } from "../aws/handler.ts";
import { type RetryOptions, retrying } from "../aws/retry.ts";
import { type EC2Access, ec2Client } from "./client.ts";
import { cloudError } from "./errors.ts";
import { readInterface } from "./interface-from.ts";
import { allPages, FILTER_VALUES, inBatches } from "./pages.ts";

export interface ReaderOptions extends EC2Access {
  /** The VPC whose interfaces are listed; undefined lists those of all VPCs. */
  readonly vpcID?: string;
  readonly readTimeoutMilliseconds?: number;
}

/** EC2 API reference, DescribeNetworkInterfaces and DescribeInstances: MaxResults is at most 1,000. */
const PAGE_SIZE = 1_000;
/** A page of 1,000 interfaces with 50 addresses each takes seconds. */
const READ_TIMEOUT_MILLISECONDS = 15_000;

/** {@link CloudReader} by the EC2 API. Its client can't release: it never sends anything but Describe. */
export function createCloudReader(options: ReaderOptions): CloudReader {
  const { readTimeoutMilliseconds = READ_TIMEOUT_MILLISECONDS } = options;
  return cloudReaderOver(ec2Client(options, boundedRequests(readTimeoutMilliseconds)), options);
}

/** What takes the SDK's commands: its client, or a simulator in this process. */
export type Commands = Pick<EC2Client, "send">;

/** How reads are tried again, and in which VPC. */
export type Reading = Pick<ReaderOptions, "vpcID"> & Pick<RetryOptions, "clock" | "random">;

export function cloudReaderOver(client: Commands, reading: Reading): CloudReader {
  const { vpcID } = reading;
  const interfaces = (filters: Filter[]) => describeInterfaces(client, reading, filters);
  return {
    listInterfaces: () => interfaces(vpcID === undefined ? [] : [{ Name: "vpc-id", Values: [vpcID] }]),
    async interfacesOfInstance(instanceID) {
      const all = await interfaces([{ Name: "attachment.instance-id", Values: [instanceID] }]);
      return asAsked(all, (one) => one.attachment?.instanceID === instanceID);
    },
    // By filter: an ID in NetworkInterfaceIds that doesn't exist fails the whole call.
    async interfacesByID(ids) {
      const wanted = new Set(ids);
      const all: NetworkInterface[] = [];
      for (const batch of inBatches([...wanted], FILTER_VALUES))
        all.push(...(await interfaces([{ Name: "network-interface-id", Values: batch }])));
      return asAsked(all, (one) => wanted.has(one.id));
    },
    async detachedInterfacesOf(instanceID) {
      const all = await interfaces([{ Name: `tag:${TAG.instance}`, Values: [instanceID] }]);
      return asAsked(all, (one) => one.tags?.[TAG.instance] === instanceID).filter(
        (one) => one.attachment === undefined,
      );
    },
    instanceStates: (instanceIDs) => describeStates(client, reading, instanceIDs),
  };
}

async function describeInterfaces(
  client: Commands,
  retry: RetryOptions,
  filters: Filter[],
): Promise<NetworkInterface[]> {
  const action = "DescribeNetworkInterfaces";
  const raw = await allPages(action, (token) =>
    reading(action, retry, async () => {
      const answer = await client.send(
        new DescribeNetworkInterfacesCommand({ ...asked(filters), ...pageOf(token) }),
      );
      return { items: answer.NetworkInterfaces, nextToken: answer.NextToken };
    }),
  );
  // A list that changes while it is paged may show an interface twice: the later look counts.
  return [...new Map(raw.map((one) => interfaceOf(action, one)).map((one) => [one.id, one])).values()];
}

/** An interface that can't be read fails the list: left out, its addresses would look as if EC2 didn't have them. */
function interfaceOf(action: string, raw: RawInterface): NetworkInterface {
  const read = readInterface(raw);
  const trouble = !read.readable
    ? `${read.id ?? "an interface without ID"}: ${read.path} ${read.why}`
    : raw.PrivateIpAddress !== undefined && raw.PrivateIpAddresses === undefined
      ? `${read.object.id}: PrivateIpAddresses is missing`
      : undefined;
  if (!read.readable || trouble !== undefined)
    throw new CloudError("unreadable", `EC2 ${action}: ${trouble}`);
  return read.object;
}

async function describeStates(
  client: Commands,
  retry: RetryOptions,
  instanceIDs: readonly string[],
): Promise<ReadonlyMap<string, InstanceState>> {
  const action = "DescribeInstances";
  const states = new Map<string, InstanceState>(instanceIDs.map((id) => [id, "not-found"]));
  for (const batch of inBatches([...states.keys()], FILTER_VALUES)) {
    const reservations = await allPages(action, (token) =>
      reading(action, retry, async () => {
        const answer = await client.send(
          new DescribeInstancesCommand({
            ...asked([{ Name: "instance-id", Values: batch }]),
            ...pageOf(token),
          }),
        );
        return { items: answer.Reservations, nextToken: answer.NextToken };
      }),
    );
    for (const instance of reservations.flatMap(({ Instances }) => Instances ?? [])) {
      const { InstanceId: id, State } = instance;
      if (id === undefined || !states.has(id))
        throw new CloudError(
          "unreadable",
          `EC2 ${action}: answered ${id ?? "an instance without ID"}, not asked for`,
        );
      states.set(id, instanceStateOf(State?.Name));
    }
  }
  return states;
}

/** An endpoint that ignores a filter would show the whole account as what was asked for. */
function asAsked(
  interfaces: readonly NetworkInterface[],
  isAsked: (one: NetworkInterface) => boolean,
): readonly NetworkInterface[] {
  const other = interfaces.find((one) => !isAsked(one));
  if (other !== undefined)
    throw new CloudError("unreadable", `EC2 DescribeNetworkInterfaces: answered ${other.id}, not asked for`);
  return interfaces;
}

function asked(filters: Filter[]): { Filters?: Filter[]; MaxResults: number } {
  return { ...(filters.length === 0 ? {} : { Filters: filters }), MaxResults: PAGE_SIZE };
}

function pageOf(token: string | undefined): { NextToken?: string } {
  return token === undefined ? {} : { NextToken: token };
}

function reading<T>(action: string, retry: RetryOptions, call: () => Promise<T>): Promise<T> {
  return retrying(retry, isPassing, async () => {
    try {
      return await call();
    } catch (thrown) {
      throw cloudError(action, thrown);
    }
  });
}

function isPassing(thrown: unknown): boolean {
  return thrown instanceof CloudError && (thrown.kind === "throttled" || thrown.kind === "unreachable");
}
