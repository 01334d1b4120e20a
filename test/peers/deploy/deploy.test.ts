import { afterAll, beforeAll, describe } from "@jest/globals";
import { Ec2, Ec2Front } from "../../../src/sandbox/ec2/index.ts";
import { sentences } from "../../contract/sentences.ts";
import { LOCALSTACK_STACK } from "../localstack/stack-differences.ts";
import { apiServerPeer, awsCliPeer, describeWhere, RUN } from "../peers.ts";
import { describeAnyStack } from "./any-stack.ts";
import { describeAtWork } from "./at-work.ts";
import { aws, REGION } from "./aws.ts";
import { describeByTemplate } from "./by-template.ts";
import { type OwnCluster, startOwnCluster } from "./cluster.ts";
import { describeCreated } from "./created.ts";
import { VPC, type World } from "./node.ts";
import { describeRemoved } from "./removed.ts";
import { describeRightsAndAlarms } from "./rights-and-alarms.ts";
import { deploy, idOf, remove, type Told } from "./stack.ts";
import { describeUpdated } from "./updated.ts";

const DEPLOY_MILLISECONDS = 240_000;
const KUBECONFIG = `/eni-reclaimer/${RUN}/kubeconfig`;
/** Where it is after the update. */
const MOVED = `${KUBECONFIG}-moved`;

describeWhere(awsCliPeer === undefined ? undefined : apiServerPeer)("npm run deploy, on LocalStack", () => {
  const sentence = sentences(LOCALSTACK_STACK);
  const starting = new AbortController();
  let cluster: OwnCluster | undefined;
  let front: Ec2Front | undefined;
  let world: World;
  let topic: string;
  let role: string;
  let isThere = false;

  /** What an update doesn't change has to be said again, as at AWS. */
  const first = (): Told => ({
    clusterName: `blue-${RUN}`,
    clusterUid: world.cluster.uid,
    vpcId: VPC,
    kubeconfigParameter: KUBECONFIG,
  });
  const second = (): Told => ({
    ...first(),
    kubeconfigParameter: MOVED,
    mode: "release",
    markAgeSeconds: "300",
    maximumConcurrency: "3",
    alarmEmail: "oncall@example.com",
  });

  beforeAll(async () => {
    if (apiServerPeer === undefined) return;
    cluster = await startOwnCluster(apiServerPeer, starting.signal);
    const clock = () => Date.now();
    const ec2 = new Ec2({ clock, random: Math.random, region: REGION });
    front = new Ec2Front({ ec2, clock });
    const ec2URL = await front.start();
    world = { cluster, ec2, ec2URL, subnetID: ec2.seed.addSubnet({ cidr: "10.0.0.0/24", vpcID: VPC }) };
    const secret = ["--type", "SecureString", "--value", cluster.functionsKubeconfig];
    for (const name of [KUBECONFIG, MOVED]) await aws("ssm", "put-parameter", "--name", name, ...secret);
  }, DEPLOY_MILLISECONDS);
  afterAll(async () => {
    starting.abort();
    // All of them, also where one fails: what still listens would keep jest from ending.
    const ended = await Promise.allSettled([
      isThere ? remove() : undefined,
      aws("ssm", "delete-parameters", "--names", KUBECONFIG, MOVED),
      cluster?.stop(),
      front?.stop(),
    ]);
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  }, DEPLOY_MILLISECONDS);

  describe("creates", () => {
    beforeAll(async () => {
      isThere = true;
      await deploy(first());
      topic = await idOf("AlarmTopic");
      role = await idOf("ReclaimRole");
    }, DEPLOY_MILLISECONDS);
    describeCreated(first, sentence);
    describeRightsAndAlarms(first);
  });

  describe("updates", () => {
    beforeAll(async () => {
      await deploy(second());
    }, DEPLOY_MILLISECONDS);
    describeUpdated(second, () => role, sentence);
    describeByTemplate(second);
    describeAtWork(() => world, second, sentence);
  });

  describe("npm run remove", () => {
    beforeAll(async () => {
      await remove();
      isThere = false;
    }, DEPLOY_MILLISECONDS);
    describeRemoved(second, () => topic);
  });

  describeAnyStack(sentence);
});
