import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  Filter,
} from "@aws-sdk/client-ec2";
import { parseAddress } from "../../../domain/address.ts";
import { Ec2Error, notFound, requireWellFormed } from "../errors.ts";
import { compileFilters, exactValues, type FilterFields } from "../filters.ts";
import { cutPage } from "../paging.ts";
import type { InterfaceRecord } from "../records.ts";
import { interfaceView, privateDnsName } from "../views.ts";
import type { World } from "../world.ts";

const maybe = (value: string | number | boolean | undefined) => (value === undefined ? [] : [String(value)]);

/**
 * EC2 API Reference, DescribeNetworkInterfaces, "Filters" (the whole list; those on associations, IPv6 addresses and
 * operators match nothing, for the simulator has none). `private-ip-address` looks at all private addresses.
 */
const fields = (region: string): FilterFields<InterfaceRecord> => ({
  "addresses.association.owner-id": () => [],
  "addresses.association.public-ip": () => [],
  "addresses.primary": ({ secondary }) => (secondary.length > 0 ? ["true", "false"] : ["true"]),
  "addresses.private-ip-address": ({ primary, secondary }) => [primary, ...secondary],
  "association.allocation-id": () => [],
  "association.association-id": () => [],
  "association.ip-owner-id": () => [],
  "association.public-dns-name": () => [],
  "association.public-ip": () => [],
  "attachment.attach-time": ({ attachment }) =>
    attachment?.attachTime === undefined ? [] : [new Date(attachment.attachTime).toISOString()],
  "attachment.attachment-id": ({ attachment }) => maybe(attachment?.id),
  "attachment.delete-on-termination": ({ attachment }) => maybe(attachment?.deleteOnTermination),
  "attachment.device-index": ({ attachment }) => maybe(attachment?.deviceIndex),
  "attachment.instance-id": ({ attachment }) => maybe(attachment?.instanceID),
  "attachment.instance-owner-id": ({ attachment }) => maybe(attachment?.instanceOwnerID),
  "attachment.status": ({ attachment }) => maybe(attachment?.status),
  "availability-zone": ({ zone }) => [zone],
  "availability-zone-id": () => [],
  description: ({ description }) => [description],
  "group-id": ({ groups }) => groups,
  "interface-type": ({ interfaceType }) => [interfaceType],
  "ipv6-addresses.ipv6-address": () => [],
  "mac-address": ({ macAddress }) => [macAddress],
  "network-interface-id": ({ id }) => [id],
  "operator.managed": () => ["false"],
  "operator.principal": () => [],
  "owner-id": ({ ownerID }) => [ownerID],
  "private-dns-name": ({ primary }) => [privateDnsName(primary, region)],
  "private-ip-address": ({ primary, secondary }) => [primary, ...secondary],
  "requester-id": ({ requesterID }) => maybe(requesterID),
  "requester-managed": ({ requesterManaged }) => [String(requesterManaged)],
  "source-dest-check": ({ sourceDestCheck }) => [String(sourceDestCheck)],
  status: ({ status }) => [status],
  "subnet-id": ({ subnetID }) => [subnetID],
  "vpc-id": ({ vpcID }) => [vpcID],
});

/**
 * The page of DescribeNetworkInterfaces says that with "a large number of network interfaces, the operation fails"
 * without pagination or one of these filters. How many are large, and the code, are unverified.
 */
const NARROWING = new Set([
  "attachment.instance-id",
  "group-id",
  "mac-address",
  "private-dns-name",
  "private-ip-address",
  "subnet-id",
  "vpc-id",
]);
const LARGE = 1000;

export function describeNetworkInterfaces(
  world: World,
  input: DescribeNetworkInterfacesRequest,
  keptShare: number,
): DescribeNetworkInterfacesResult {
  const filters = input.Filters ?? [];
  const ids = input.NetworkInterfaceIds ?? [];
  requireWellFormed("interface", ids);
  const matches = compileFilters(filters, fields(world.options.region));
  const rows = suspects(world, ids, filters).filter(matches);
  const isPaged = input.MaxResults !== undefined || input.NextToken !== undefined;
  if (
    !isPaged &&
    ids.length === 0 &&
    rows.length > LARGE &&
    !filters.some(({ Name = "" }) => NARROWING.has(Name))
  ) {
    throw new Ec2Error("OperationNotPermitted", "Too many network interfaces: use pagination or a filter.");
  }
  const page = cutPage(
    rows,
    input,
    {
      minimum: 5,
      maximum: 1000,
      ids,
      idsName: "networkInterfaceIds",
      scope: `DescribeNetworkInterfaces ${JSON.stringify(filters)}`,
    },
    keptShare,
  );
  return {
    NetworkInterfaces: page.rows.map((row) => interfaceView(row, world.options.region)),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
}

/** Rows that may match, by an index where one helps; the filters decide. Indexes are of the present, so not with a lag. */
function suspects(world: World, ids: readonly string[], filters: readonly Filter[]): InterfaceRecord[] {
  const time = world.describedTime();
  if (ids.length > 0) {
    const found = new Map([...new Set(ids)].map((id) => [id, world.interfaces.getAsOf(id, time)]));
    const missing = [...found].filter(([, row]) => row === undefined).map(([id]) => id);
    if (missing.length > 0) throw notFound("interface", missing);
    return inOrder([...found.values()]);
  }
  if (world.describeLagMilliseconds > 0) return [...world.interfaces.valuesAsOf(time)];
  const indexed = indexedIDs(world, filters);
  if (indexed === undefined) return [...world.interfaces.values()];
  return inOrder([...new Set(indexed)].map((id) => world.interfaces.get(id)));
}

function indexedIDs(world: World, filters: readonly Filter[]): readonly string[] | undefined {
  const instances = exactValues(filters, "attachment.instance-id");
  if (instances !== undefined)
    return instances.flatMap((id) => [...(world.interfacesOfInstance.get(id) ?? [])]);
  const addresses =
    exactValues(filters, "addresses.private-ip-address") ?? exactValues(filters, "private-ip-address");
  if (addresses !== undefined) {
    return addresses.flatMap((text) => {
      const address = parseAddress(text);
      if (address === undefined) return [];
      return [...world.spaces.values()]
        .filter((space) => space.contains(address))
        .flatMap((space) => space.ownerOf(address) ?? []);
    });
  }
  return exactValues(filters, "network-interface-id");
}

function inOrder(rows: readonly (InterfaceRecord | undefined)[]): InterfaceRecord[] {
  return rows.filter((row) => row !== undefined).sort((a, b) => a.sequence - b.sequence);
}
