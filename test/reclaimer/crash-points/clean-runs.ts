import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { cleaning, leaky } from "./laid.ts";

/** Two nodes with leaks: on the one they are due, on the other nobody has marked them yet. */
async function twoNodes(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 7 });
  node.runPod("web");
  leaky(node);
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  const other = cluster.node("b", { secondaries: 7 });
  other.runPod("api");
  leaky(other);
  return cluster.start();
}

/** The AWS CLI asks again after a minute. */
const again = async (cluster: Cluster): Promise<void> => {
  await cluster.wait(1);
  const { failed } = await cluster.clean({ requestId: "by-hand" });
  cluster.failures.push(...failed);
};

export const CLEAN_RUNS: readonly Run[] = [
  { name: "clean", lay: twoNodes, work: cleaning({}), after: again },
  { name: "clean: at most two", lay: twoNodes, work: cleaning({ maxReleases: 2 }), after: again },
  {
    name: "clean: one address",
    lay: twoNodes,
    work: (cluster, ports) => cleaning({ addresses: [cluster.leaks[0] as string] })(cluster, ports),
  },
  {
    name: "clean: a dry run",
    lay: twoNodes,
    work: cleaning({ dryRun: true }),
    wrongAtOnce: (_cluster, { crossings }) =>
      crossings.flatMap(({ what }) => (/^(GET|Describe|read)/.test(what) ? [] : [`a dry run did: ${what}`])),
  },
];
