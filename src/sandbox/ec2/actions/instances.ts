import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceStateChange,
  InstanceStateName,
} from "@aws-sdk/client-ec2";
import { Ec2Error, notFound, requireWellFormed } from "../errors.ts";
import { compileFilters, type FilterFields } from "../filters.ts";
import { INSTANCE_STATE_CODES } from "../instance-states.ts";
import { INSTANCE_TYPES } from "../instance-types.ts";
import { startInstance, stopInstance, terminateInstance } from "../lifecycle.ts";
import { cutPage } from "../paging.ts";
import type { InstanceRecord } from "../records.ts";
import { instanceView, privateDnsName } from "../views.ts";
import type { World } from "../world.ts";

/** EC2 API Reference, DescribeInstances, "Filters": those that the simulator has data for. Others are refused as unknown. */
const fields = (region: string): FilterFields<InstanceRecord> => ({
  "availability-zone": ({ zone }) => [zone],
  "instance-id": ({ id }) => [id],
  "instance-state-code": ({ state }) => [String(INSTANCE_STATE_CODES[state])],
  "instance-state-name": ({ state }) => [state],
  "instance-type": ({ instanceType }) => [instanceType],
  "private-dns-name": ({ privateIpAddress }) =>
    privateIpAddress === undefined ? [] : [privateDnsName(privateIpAddress, region)],
  "private-ip-address": ({ privateIpAddress }) => (privateIpAddress === undefined ? [] : [privateIpAddress]),
  "subnet-id": ({ subnetID }) => [subnetID],
  "vpc-id": ({ vpcID }) => [vpcID],
});

/** One reservation for each instance; interfaces are not listed in it. */
export function describeInstances(
  world: World,
  input: DescribeInstancesRequest,
  keptShare: number,
): DescribeInstancesResult {
  const { region, accountID } = world.options;
  const filters = input.Filters ?? [];
  const ids = input.InstanceIds ?? [];
  requireWellFormed("instance", ids);
  const matches = compileFilters(filters, fields(region));
  const page = cutPage(
    suspects(world, ids).filter(matches),
    input,
    {
      minimum: 5,
      maximum: 1000,
      ids,
      idsName: "instancesSet",
      scope: `DescribeInstances ${JSON.stringify(filters)}`,
    },
    keptShare,
  );
  return {
    Reservations: page.rows.map((row) => ({
      ReservationId: row.id.replace(/^i-/, "r-"),
      OwnerId: accountID,
      Instances: [instanceView(row, region)],
    })),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
}

function suspects(world: World, ids: readonly string[]): InstanceRecord[] {
  const time = world.describedTime();
  if (ids.length === 0)
    return world.describeLagMilliseconds > 0
      ? [...world.instances.valuesAsOf(time)]
      : [...world.instances.values()];
  const found = new Map([...new Set(ids)].map((id) => [id, world.instances.getAsOf(id, time)]));
  const missing = [...found].filter(([, row]) => row === undefined).map(([id]) => id);
  if (missing.length > 0) throw notFound("instance", missing);
  return [...found.values()].filter((row) => row !== undefined).sort((a, b) => a.sequence - b.sequence);
}

export type StateAction = "TerminateInstances" | "StopInstances" | "StartInstances";

const STATE_ACTIONS = {
  TerminateInstances: terminateInstance,
  StopInstances: stopInstance,
  StartInstances: startInstance,
} satisfies Record<StateAction, (world: World, id: string) => void>;

/** TerminateInstances, StopInstances, StartInstances: all instances must exist before any is touched. */
export function changeInstanceStates(
  world: World,
  action: StateAction,
  { InstanceIds: ids = [] }: { readonly InstanceIds?: string[] | undefined },
): InstanceStateChange[] {
  if (ids.length === 0)
    throw new Ec2Error("MissingParameter", "The request must contain the parameter instancesSet");
  requireWellFormed("instance", ids);
  const missing = ids.filter((id) => world.instances.get(id) === undefined);
  if (missing.length > 0) throw notFound("instance", missing);
  return ids.map((id) => {
    const before = world.instance(id).state;
    STATE_ACTIONS[action](world, id);
    return {
      InstanceId: id,
      PreviousState: stateView(before),
      CurrentState: stateView(world.instance(id).state),
    };
  });
}

function stateView(state: InstanceRecord["state"]) {
  return { Code: INSTANCE_STATE_CODES[state], Name: state as InstanceStateName };
}

/** EC2 API Reference, DescribeInstanceTypes: network limits only; at most 100 a page. */
export function describeInstanceTypes(input: DescribeInstanceTypesRequest): DescribeInstanceTypesResult {
  const names: readonly string[] = input.InstanceTypes ?? [];
  const unknown = names.filter((name) => !INSTANCE_TYPES.has(name));
  if (unknown.length > 0) {
    throw new Ec2Error(
      "InvalidInstanceType",
      `The following supplied instance types do not exist: [${unknown.join(", ")}]`,
    );
  }
  const filters = input.Filters ?? [];
  const matches = compileFilters<{ name: string; tags: [] }>(filters, {
    "instance-type": ({ name }) => [name],
  });
  const rows = [...INSTANCE_TYPES]
    .map(([name, limits], sequence) => ({ name, limits, sequence: sequence + 1, tags: [] as [] }))
    .filter((row) => (names.length === 0 || names.includes(row.name)) && matches(row));
  const page = cutPage(rows, input, {
    minimum: 5,
    maximum: 100,
    ids: [],
    idsName: "instanceTypes",
    scope: `DescribeInstanceTypes ${JSON.stringify(filters)}`,
  });
  return {
    InstanceTypes: page.rows.map(({ name, limits }) => ({
      InstanceType: name as NonNullable<DescribeInstanceTypesRequest["InstanceTypes"]>[number],
      Hypervisor: "nitro",
      NetworkInfo: {
        MaximumNetworkInterfaces: limits.interfaces,
        Ipv4AddressesPerInterface: limits.addressesPerInterface,
        MaximumNetworkCards: 1,
        DefaultNetworkCardIndex: 0,
      },
    })),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
}
