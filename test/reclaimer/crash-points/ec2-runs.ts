import { writeSweepMessage } from "../../../src/adapters/sqs/message.ts";
import type { Run } from "../every-point.ts";
import type { Cluster } from "../harness.ts";
import { UNASSIGN } from "../sweep/one-leak.ts";
import { ec2Answers, sweeping } from "./laid.ts";
import { orphan, threeLeaks } from "./sweep-runs.ts";

/** EC2 answers the first requests of this kind so. */
const withEc2 =
  (lay: () => Promise<Cluster>, action: string, code: string, times = 1) =>
  async (): Promise<Cluster> => {
    const cluster = await lay();
    ec2Answers(cluster, action, code, times);
    return cluster;
  };

/** EC2 refuses two requests that have the last of three leaks in them. */
async function poisoned(): Promise<Cluster> {
  const cluster = await threeLeaks();
  const bad = cluster.leaks.at(-1) ?? "";
  for (const nth of [1, 2]) {
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "InvalidParameterValue", {
      matching: ({ input }) => JSON.stringify(input).includes(`"${bad}"`),
      nth,
    });
  }
  return cluster;
}

/** The message was sent again so often that this is the last time. */
async function lastTry(): Promise<Cluster> {
  const cluster = await threeLeaks();
  const { queue } = cluster.world;
  const [message] = queue.receive(1);
  queue.delete(message?.receiptHandle ?? "");
  queue.send(writeSweepMessage({ node: "a", run: "late", attempt: 0, delaySeconds: 0, resent: 5 }));
  return cluster;
}

/** What EC2 answers when it is asked to give something back, or that nothing is heard of it. */
export const EC2_RUNS: readonly Run[] = [
  {
    name: "sweep: EC2 refuses one of three",
    lay: poisoned,
    work: sweeping,
  },
  {
    name: "sweep: EC2 throttles",
    lay: withEc2(threeLeaks, "UnassignPrivateIpAddresses", "RequestLimitExceeded"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 throttles, for the last time",
    lay: withEc2(lastTry, "UnassignPrivateIpAddresses", "RequestLimitExceeded"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 forbids it",
    lay: withEc2(threeLeaks, "UnassignPrivateIpAddresses", "UnauthorizedOperation"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 throttles its reads",
    lay: withEc2(threeLeaks, "DescribeNetworkInterfaces", "RequestLimitExceeded", 8),
    work: sweeping,
  },
  {
    name: "sweep: EC2 refuses to delete an orphan",
    lay: withEc2(orphan, "DeleteNetworkInterface", "InvalidParameterValue"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 throttles the orphan's deletion",
    lay: withEc2(orphan, "DeleteNetworkInterface", "RequestLimitExceeded"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 forbids the orphan's deletion",
    lay: withEc2(orphan, "DeleteNetworkInterface", "UnauthorizedOperation"),
    work: sweeping,
  },
  {
    name: "sweep: EC2 is not heard",
    lay: threeLeaks,
    work: sweeping,
    meets: { what: UNASSIGN, fate: "lost-after" },
  },
  {
    name: "sweep: EC2 is not heard of an orphan",
    lay: orphan,
    work: sweeping,
    meets: { what: /^Delete/, fate: "lost-after" },
  },
];
