import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
} from "@aws-sdk/client-ec2";
import { Ec2Error, invalidValue, notFound, requireWellFormed } from "../errors.ts";
import { compileFilters, type FilterFields } from "../filters.ts";
import { cutPage } from "../paging.ts";
import type { SubnetRecord, Tag } from "../records.ts";
import type { Table } from "../table.ts";
import { subnetView } from "../views.ts";
import type { World } from "../world.ts";

/** EC2 API Reference, DescribeSubnets, "Filters": those that the simulator has data for. */
const FIELDS: FilterFields<SubnetRecord> = {
  "availability-zone": ({ zone }) => [zone],
  availabilityZone: ({ zone }) => [zone],
  "cidr-block": ({ cidr }) => [cidr],
  state: () => ["available"],
  "subnet-id": ({ id }) => [id],
  "vpc-id": ({ vpcID }) => [vpcID],
};

/** The count of free addresses is always the present one: a Describe's lag is not applied to it. */
export function describeSubnets(world: World, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const filters = input.Filters ?? [];
  const ids = input.SubnetIds ?? [];
  requireWellFormed("subnet", ids);
  const missing = ids.filter((id) => world.subnets.get(id) === undefined);
  if (missing.length > 0) throw notFound("subnet", missing);
  const matches = compileFilters(filters, FIELDS);
  const rows = [...world.subnets.values()].filter(
    (row) => (ids.length === 0 || ids.includes(row.id)) && matches(row),
  );
  const page = cutPage(rows, input, {
    minimum: 5,
    maximum: 1000,
    ids,
    idsName: "subnetIds",
    scope: `DescribeSubnets ${JSON.stringify(filters)}`,
  });
  return {
    Subnets: page.rows.map((row) => subnetView(row, world.space(row.id).free, world.options.accountID)),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
}

/** EC2 API Reference, CreateTags: a tag of the same key is overwritten; at most 50 a resource (TagLimitExceeded). */
export function createTags(world: World, { Resources = [], Tags = [] }: CreateTagsRequest): void {
  const added = Tags.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
  if (added.some(({ key }) => key.startsWith("aws:"))) {
    throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
  }
  changeTags(world, Resources, (tags) => {
    const keys = new Set(added.map(({ key }) => key));
    const all = [...tags.filter(({ key }) => !keys.has(key)), ...added];
    if (all.length > 50) throw new Ec2Error("TagLimitExceeded", "Too many tags");
    return all;
  });
}

/** EC2 API Reference, DeleteTags: a key without a value removes whatever the value; no tags named removes all. */
export function deleteTags(world: World, { Resources = [], Tags }: DeleteTagsRequest): void {
  changeTags(world, Resources, (tags) =>
    tags.filter(
      (tag) =>
        Tags !== undefined &&
        !Tags.some(({ Key, Value }) => Key === tag.key && (Value === undefined || Value === tag.value)),
    ),
  );
}

function changeTags(world: World, ids: readonly string[], change: (tags: readonly Tag[]) => Tag[]): void {
  const writes = ids.map((id) => {
    if (id.startsWith("eni-")) return retag(world.interfaces, id, world.interface(id), change);
    if (id.startsWith("i-")) return retag(world.instances, id, world.instance(id), change);
    if (id.startsWith("subnet-")) return retag(world.subnets, id, world.subnet(id), change);
    throw new Ec2Error("InvalidID", `The ID '${id}' is not valid`);
  });
  for (const write of writes) write();
}

function retag<T extends { readonly sequence: number; readonly tags: readonly Tag[] }>(
  table: Table<T>,
  id: string,
  record: T,
  change: (tags: readonly Tag[]) => Tag[],
): () => void {
  const tags = change(record.tags);
  return () => table.set(id, { ...record, tags });
}
