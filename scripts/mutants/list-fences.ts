import type { Fence } from "./fence.ts";

const LISTS = "src/reclaimer/collect/lists.ts";
const CLOSER = "src/reclaimer/collect/closer-look.ts";

/** What makes a list, and the order of lists, a proof. */
export const LIST_FENCES: readonly Fence[] = [
  {
    name: "order of lists: EC2 before who keeps addresses",
    stops: "an address that changes keepers while the lists are read, seen with none",
    hazards: ["H01"],
    file: LISTS,
    find: `  const interfaces = await cloud.listInterfaces();
  const configs = await wholeNodeConfigs(cluster, sentinels);
  const entries = await cluster.listVpcIPLabels();`,
    replace: `  const configs = await wholeNodeConfigs(cluster, sentinels);
  const entries = await cluster.listVpcIPLabels();
  const interfaces = await cloud.listInterfaces();`,
    tests: ["test/reclaimer/collect/lists.test.ts"],
  },
  {
    name: "order of lists: Pods last",
    stops: "a Pod that starts while the lists are read",
    hazards: ["H01"],
    file: LISTS,
    find: `  const interfaces = await cloud.listInterfaces();
  const configs = await wholeNodeConfigs(cluster, sentinels);
  const entries = await cluster.listVpcIPLabels();
  if (!entries.some(({ name, uid }) => name === SENTINEL.vpcIP && uid === sentinels.vpcIPUID))
    refuse("VpcIPs");
  // Claims before Pods: a claim read after them may name a Pod that the list can't hold yet, and would look detached.
  const claims = await wholeStaticClaims(cluster, sentinels);
  const livePodUIDs = await cluster.livePodUIDs();`,
    replace: `  const livePodUIDs = await cluster.livePodUIDs();
  const interfaces = await cloud.listInterfaces();
  const configs = await wholeNodeConfigs(cluster, sentinels);
  const entries = await cluster.listVpcIPLabels();
  if (!entries.some(({ name, uid }) => name === SENTINEL.vpcIP && uid === sentinels.vpcIPUID))
    refuse("VpcIPs");
  // Claims before Pods: a claim read after them may name a Pod that the list can't hold yet, and would look detached.
  const claims = await wholeStaticClaims(cluster, sentinels);`,
    tests: ["test/reclaimer/collect/lists.test.ts"],
  },
  {
    name: "the NodeENIConfig is read a second time",
    stops: "a node whose allocator is at work gets marks from two different moments",
    hazards: ["H01", "H16"],
    file: CLOSER,
    find: "      changedMeanwhile: !isSame,",
    replace: "      changedMeanwhile: false,",
    tests: ["test/reclaimer/collect/lists.test.ts"],
  },
  {
    name: "pages of EC2: all of them",
    stops: "a part of a list taken as the whole: leaks of later pages stay",
    hazards: ["H08", "H46"],
    file: "src/adapters/ec2/pages.ts",
    find: `if (nextToken === undefined || nextToken === "") return all;`,
    replace: `if (nextToken === undefined || all.length > 0) return all;`,
    tests: ["test/adapters/ec2/reader.test.ts"],
  },
  {
    name: "pages of the API server: all of them",
    stops: "keepers of later pages are missing, their addresses look leaked",
    hazards: ["H08", "H46"],
    file: "src/adapters/kubernetes/list.ts",
    find: `  } while (token !== "");`,
    replace: `  } while (token === "?");`,
    tests: ["test/adapters/kubernetes/lists"],
  },
  {
    name: "pages of the API server: one snapshot",
    stops: "a list put together from two moments: what moved between its pages is missing",
    hazards: ["H08"],
    file: "src/adapters/kubernetes/list.ts",
    find: `if (page === "expired" || (snapshot !== undefined && page.resourceVersion !== snapshot)) return "expired";`,
    replace: `if (page === "expired") return "expired";`,
    tests: ["test/adapters/kubernetes/lists"],
  },
  {
    name: "a list whose snapshot expired is no list",
    stops: "half a list after 410",
    hazards: ["H08"],
    file: "src/adapters/kubernetes/list.ts",
    find: `if (page === "expired" || (snapshot`,
    replace: `if (page === "expired") return items;
    if ((snapshot`,
    tests: ["test/adapters/kubernetes/lists"],
  },
  {
    name: "a list has its sentinel: VpcIPs",
    stops: "an empty, valid list after its CRD was made again",
    hazards: ["H62"],
    file: LISTS,
    find: `if (!entries.some(({ name, uid }) => name === SENTINEL.vpcIP && uid === sentinels.vpcIPUID))`,
    replace: `if (Number.isNaN(entries.length))`,
    tests: ["test/reclaimer/collect/lists.test.ts"],
  },
  {
    name: "NotFound is 404 alone",
    stops: 'an error, or a missing resource, read as "the Pod is gone"',
    hazards: ["H05"],
    file: "src/adapters/kubernetes/status.ts",
    find: `said?.reason === "NotFound" &&`,
    replace: "said !== undefined &&",
    tests: ["test/adapters/kubernetes/reads.test.ts"],
  },
];
