/** The scenarios of `npm start`, and what no scenario does, with each request to AWS written down as it comes in. */
import { readFileSync } from "node:fs";
import { cleanFunction } from "../../../functions/wiring/clean.ts";
import { collectFunction } from "../../../functions/wiring/collect.ts";
import { reclaimFunction } from "../../../functions/wiring/reclaim.ts";
import { runScenario } from "../../../src/sandbox/engine/run.ts";
import { CLUSTER_NAME, sessionOf, VPC_ID, World } from "../../../src/sandbox/engine/world.ts";
import { daily } from "../../../src/sandbox/scenarios/daily.ts";
import { observe } from "../../../src/sandbox/scenarios/observe.ts";
import type { Laid, Scenario } from "../../../src/sandbox/scenarios/scenario.ts";
import { type Endpoint, startEndpoint } from "../../adapters/aws/endpoint.ts";
import { described } from "../../adapters/eks/eks.ts";
import { type Recording, stackFor } from "./recording.ts";
import { callOf, type FunctionName, type RecordedCall, TOPIC } from "./wire-call.ts";

const SEED = 1;
export const KUBECONFIG_PARAMETER = "/eni-reclaimer/sandbox/kubeconfig";

/** Writes down every request to AWS that a world gets. */
function listenTo(world: World, calls: RecordedCall[]): void {
  world.onAwsRequest = (service, { request: { headers, url = "" }, body }) => {
    const host = `http://${headers.host ?? ""}`;
    const behind = { queueURL: `${host}/${world.sqs.accountID}/sweep`, ec2: world.ec2 };
    calls.push(callOf({ service, headers, path: url, body }, behind));
  };
}

/** SNS and EKS as they are asked, which the sandbox has not: they take everything. */
async function startOthers(): Promise<{ readonly sns: Endpoint; readonly eks: Endpoint }> {
  const now = () => Date.now();
  return {
    sns: await startEndpoint(now, ({ form }) => ({
      body: `<PublishBatchResponse><PublishBatchResult><Successful>${[...form.keys()]
        .filter((key) => key.endsWith(".Id"))
        .map((key) => `<member><Id>${form.get(key)}</Id><MessageId>m</MessageId></member>`)
        .join("")}</Successful></PublishBatchResult></PublishBatchResponse>`,
    })),
    // Where it leads nobody listens: to find the cluster is all that AWS is asked.
    eks: await startEndpoint(now, () =>
      described({ endpoint: "https://127.0.0.1:1", certificateAuthority: { data: "Y2E=" } }),
    ),
  };
}

function ofOthers({ sns, eks }: { readonly sns: Endpoint; readonly eks: Endpoint }): readonly RecordedCall[] {
  const behind = { queueURL: "", ec2: { placeOf: () => undefined } };
  return [
    ...sns.requests.map((request) => callOf({ service: "sns", ...request }, behind)),
    ...eks.requests.map((request) => callOf({ service: "eks", ...request }, behind)),
  ];
}

/** One world's recording: its own requests and those to SNS and EKS. */
async function recorded(
  name: string,
  mode: Recording["mode"],
  live: (listen: (world: World) => void, more: Record<string, string>) => Promise<unknown>,
): Promise<Recording> {
  const calls: RecordedCall[] = [];
  const others = await startOthers();
  let uid = "";
  try {
    await live(
      (world) => {
        listenTo(world, calls);
        uid = world.clusterUID;
      },
      {
        RECLAIMER_MODE: mode,
        RECLAIMER_ALARM_TOPIC_ARN: TOPIC,
        AWS_ENDPOINT_URL_SNS: others.sns.url,
        AWS_ENDPOINT_URL_EKS: others.eks.url,
      },
    );
    const cluster = { clusterName: CLUSTER_NAME, clusterUID: uid, vpcID: VPC_ID };
    return { name, mode, parameters: stackFor(cluster, mode), calls: [...calls, ...ofOthers(others)] };
  } finally {
    await Promise.all([others.sns.stop(), others.eks.stop()]);
  }
}

/** The functions collect and reclaim in a scenario. */
export function recordScenario(scenario: Scenario): Promise<Recording> {
  const mode = scenario.environment?.["RECLAIMER_MODE"] === "observe" ? "observe" : "release";
  return recorded(scenario.name, mode, (listen, more) => {
    const lay = (world: World) => {
      listen(world);
      return scenario.lay(world);
    };
    const environment = { ...scenario.environment, ...more };
    return runScenario({ ...scenario, lay, environment }, SEED, () => undefined);
  });
}

type Live = (
  world: World,
  environment: (name: FunctionName) => Record<string, string>,
  laid: Laid,
) => Promise<unknown>;

/** A world of the daily scenario whose functions a test invokes itself. */
function recordWorld(name: string, mode: Recording["mode"], live: Live): Promise<Recording> {
  return recorded(name, mode, async (listen, more) => {
    const world = new World(SEED);
    try {
      const laid = await (mode === "observe" ? observe : daily).lay(world);
      listen(world);
      const environment = { ...(await world.start()), ...more };
      await live(world, (name_) => ({ ...environment, AWS_SESSION_TOKEN: sessionOf(name_) }), laid);
    } finally {
      await world.stop();
    }
  });
}

const quietly = (world: World) => ({ clock: world.clock, write: () => undefined });

/**
 * What a person asks `clean` for, half an hour after a collection: everything, first dry. One allocator doesn't answer, and
 * EC2 refuses one request: people are told.
 */
export const recordClean = (mode: Recording["mode"]): Promise<Recording> =>
  recordWorld(`clean in mode ${mode}`, mode, async (world, environment, { allocators }) => {
    await collectFunction(environment("collect"), quietly(world))({ kind: "leaks" });
    world.clock.advance(31 * 60_000);
    allocators.find(({ node }) => node.name === "jobs-1")?.kill();
    world.ec2Faults.add({
      kind: "error",
      code: "UnauthorizedOperation",
      status: 403,
      action: "UnassignPrivateIpAddresses",
      nth: 1,
    });
    const clean = cleanFunction(environment("clean"), quietly(world));
    for (const dryRun of [true, false]) await clean({ requestId: `by-hand-${dryRun}`, dryRun });
  });

/** A message comes although the mode is observe: from before the mode was changed, or by somebody's hand. */
export const recordSweepOfObserver = (): Promise<Recording> =>
  recordWorld("reclaim in mode observe", "observe", async (world, environment) => {
    await collectFunction(environment("collect"), quietly(world))({ kind: "leaks" });
    world.clock.advance(31 * 60_000);
    const reclaim = reclaimFunction(environment("reclaim"), quietly(world));
    for (const node of ["web-1", "jobs-1", "edge-1"]) await reclaim(messageFor(node));
  });

const messageFor = (node: string): object => ({
  Records: [{ messageId: "m", body: JSON.stringify({ node, run: "run-1", attempt: 0, delaySeconds: 0 }) }],
});

/** Each function, once, on a way to the cluster that is not that of the scenarios. */
const recordWay = (name: string, way: (world: World, kubeconfig: string) => Record<string, string>) =>
  recordWorld(name, "release", async (world, environmentOf) => {
    const environment = (function_: FunctionName) => {
      const { RECLAIMER_KUBECONFIG: file = "", ...rest } = environmentOf(function_);
      return { ...rest, ...way(world, readFileSync(file, "utf8")) };
    };
    // Some fail, for nobody listens: what they asked AWS for before is what counts.
    const asked: Promise<unknown>[] = [
      collectFunction(environment("collect"), quietly(world))({ kind: "due" }),
      reclaimFunction(environment("reclaim"), quietly(world))(messageFor("web-1")),
      cleanFunction(environment("clean"), quietly(world))({ requestId: "by-hand", nodes: ["web-1"] }),
    ];
    await Promise.allSettled(asked);
  });

export async function recordWays(): Promise<readonly Recording[]> {
  const eks = await recordWay("a cluster found by EKS", () => ({ RECLAIMER_EKS_CLUSTER: CLUSTER_NAME }));
  const parameter = await recordWay("a kubeconfig in SSM", (world, kubeconfig) => {
    world.ssm.put({ name: KUBECONFIG_PARAMETER, value: kubeconfig, type: "SecureString", overwrite: true });
    return { RECLAIMER_KUBECONFIG_PARAMETER: KUBECONFIG_PARAMETER };
  });
  const parameters = { ...parameter.parameters, KubeconfigParameter: KUBECONFIG_PARAMETER };
  return [eks, { ...parameter, parameters }];
}
