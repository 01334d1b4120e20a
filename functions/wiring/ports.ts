import { createCloudBudget } from "../../src/adapters/ec2/budget.ts";
import type { EC2Access } from "../../src/adapters/ec2/client.ts";
import { createCloudReader } from "../../src/adapters/ec2/reader.ts";
import { createCloudReleaser } from "../../src/adapters/ec2/releaser.ts";
import { watchServerTime } from "../../src/adapters/ec2/server-time.ts";
import { openCluster } from "../../src/adapters/kubernetes/index.ts";
import { createSweepQueue } from "../../src/adapters/sqs/queue.ts";
import { createMirror } from "../../src/adapters/ssm/mirror.ts";
import type { CollectPorts, SweepPorts } from "../../src/reclaimer/settings.ts";
import type { FunctionConfig } from "../config.ts";
import type { InvocationNotices } from "../lambda/notices.ts";
import { awsAccess } from "./aws-access.ts";
import { clusterAccess } from "./cluster-access.ts";
import { machineClock, randomIdentities } from "./machine.ts";
import { invocationNotices } from "./notices.ts";
import type { Overrides } from "./overrides.ts";
import { type RunWatch, watchRun } from "./run.ts";
import { VERSION } from "./version.ts";

/** What a function works with. */
export interface Wired<Ports> {
  readonly ports: Ports;
  readonly notices: InvocationNotices;
  readonly run: RunWatch;
}

/** Everything that reads, marks and queues. Nothing here can release. */
export function collectPorts(config: FunctionConfig, overrides: Overrides): Wired<CollectPorts> {
  const { ports, notices, run } = connected("collect", config, overrides);
  return { ports, notices, run };
}

/** What releases, on top. */
export function sweepPorts(
  service: "reclaim" | "clean",
  config: FunctionConfig,
  overrides: Overrides,
): Wired<SweepPorts> {
  const { ports, notices, run, leases, ec2 } = connected(service, config, overrides);
  const { requestTimeoutMilliseconds } = config.settings;
  return {
    ports: { ...ports, leases, releaser: createCloudReleaser({ ...ec2, requestTimeoutMilliseconds }) },
    notices,
    run,
  };
}

function connected(service: "collect" | "reclaim" | "clean", config: FunctionConfig, overrides: Overrides) {
  const clock = overrides.clock ?? machineClock;
  const run = watchRun(overrides.identities ?? randomIdentities);
  const notices = invocationNotices(service, config, clock, overrides);
  const ec2: EC2Access = {
    ...awsAccess(config, "ec2", clock),
    serverTime: watchServerTime(clock),
    run: run.current,
  };
  const { reader, writer, leases } = openCluster({
    access: clusterAccess(config, clock),
    clock,
    userAgent: `eni-reclaimer/${VERSION} ${service}`,
  });
  const ports: CollectPorts = {
    cloud: createCloudReader({ ...ec2, vpcID: config.vpcID }),
    budget: createCloudBudget({
      clock,
      share: config.budgetShare,
      maximumConcurrency: config.maximumConcurrency,
    }),
    cluster: reader,
    writer,
    queue: createSweepQueue({ ...awsAccess(config, "sqs", clock), queueURL: config.queueURL }),
    mirror: createMirror({ ...awsAccess(config, "ssm", clock), parameterName: config.mirrorParameter }),
    notices,
    clock,
    identities: run.identities,
  };
  return { ports, notices, run, leases, ec2 };
}
