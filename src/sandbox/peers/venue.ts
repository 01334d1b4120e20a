import { SQSClient } from "@aws-sdk/client-sqs";
import { accessWithToken } from "../../adapters/kubernetes/index.ts";
import { openWire } from "../../adapters/kubernetes/wire.ts";
import type { Stage, Venue } from "../engine/venue.ts";
import { VirtualClock } from "../engine/virtual-clock.ts";
import { AGENT_TOKEN, ENVIRONMENT, World } from "../engine/world.ts";
import { throughLine } from "../in-process/through-line.ts";
import type { Laid } from "../scenarios/scenario.ts";
import { type Admin, adminOf } from "./admin.ts";
import { ApiGateway } from "./api-gateway.ts";
import { clientTo } from "./client-to.ts";
import { Delays } from "./delays.ts";
import { FUNCTION_TOKENS, IDENTITIES } from "./identities.ts";
import { install } from "./install.ts";
import { writeKubeconfigs } from "./kubeconfigs.ts";
import { moveIn } from "./move-in.ts";
import { dropParameter } from "./parameter.ts";
import { realPods } from "./pods.ts";
import { createQueues, dropQueues } from "./queues.ts";
import { Replica } from "./replica.ts";
import type { Servers } from "./servers.ts";
import { RealQueue } from "./sqs.ts";

/**
 * Real servers: a kube-apiserver with its kube-controller-manager, and SQS and SSM of LocalStack. EC2 stays the simulator, on
 * its wire, for it alone behaves like EC2 and knows the truth. See docs/peers.md for what time is real.
 */
export function realPeers(startServers: () => Promise<Servers>): Venue {
  const ends: End[] = [];
  let servers: Servers | undefined;
  let admin: Admin | undefined;
  let opening: Promise<Stage> | undefined;

  return {
    where: "on real peers, EC2 simulated",
    async newWorld(seed) {
      const starting = startServers();
      // Also where somebody closes before they are up.
      ends.push(() =>
        starting.then(
          ({ stop }) => stop(),
          () => undefined,
        ),
      );
      servers = await starting;
      admin = adminOf(servers.kubeconfig);
      ends.push(admin.close);
      const uid = await install(servers, admin);
      // Real time goes on beside the sandbox's, which is ahead of it by what was waited for.
      const world = new World(seed, new VirtualClock(Date.now()));
      world.kubernetes.seed("namespaces", [{ metadata: { name: "kube-system", uid } }]);
      return world;
    },
    async open(world, laid) {
      if (servers === undefined || admin === undefined) throw new Error("there is no world yet");
      opening = open(world, laid, servers, admin, (end) => ends.push(end));
      return opening;
    },
    async close() {
      try {
        await endAll(ends.splice(0));
      } finally {
        // What was being opened meanwhile finds no servers any more.
        await opening?.catch(() => undefined);
        await endAll(ends.splice(0));
      }
    },
  };
}

type End = () => Promise<unknown> | unknown;

/** The last one first; one that fails does not keep the others. */
async function endAll(ends: readonly End[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.toReversed()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `not ended: ${failures.map(String).join("; ")}`);
}

async function open(
  world: World,
  laid: Laid,
  { aws }: Servers,
  admin: Admin,
  atEnd: (end: End) => void,
): Promise<Stage> {
  const { now } = world.clock;
  const replica = new Replica(world.kubernetes);
  const gateway = new ApiGateway({
    access: admin.access,
    identities: IDENTITIES,
    now,
    written: (method, route, answer) => replica.wrote(method, route, answer),
  });
  const delays = new Delays(aws, now);
  atEnd(() => gateway.stop());
  atEnd(() => delays.stop());
  const [ec2, api, sqs] = await Promise.all([world.startEC2(), gateway.start(), delays.start()]);

  const name = `scenario-${process.pid}-${Date.now()}`;
  const client = new SQSClient(clientTo(aws));
  atEnd(() => client.destroy());
  const urls = await createQueues(client, name);
  atEnd(() => dropQueues(client, urls));
  const queue = new RealQueue(client, urls, delays, now);
  const parameter = `/${name}/mirror`;
  atEnd(() => dropParameter(aws, parameter));

  for (const allocator of laid.allocators) allocator.halt();
  await moveIn(world, laid.nodes, admin, replica);
  const agents = openWire(accessWithToken({ server: api, token: async () => AGENT_TOKEN }), {
    userAgent: "vpcip-agent/scenario",
    now,
  });
  atEnd(() => agents.close());
  world.agentWire = (line) => throughLine(agents, line);
  world.podObjects = realPods(admin);
  // Before the servers end: who was killed hears nothing of it.
  atEnd(() => {
    for (const allocator of laid.allocators) allocator.kill();
  });
  await Promise.all(laid.allocators.map((allocator) => allocator.restart()));

  const kubeconfigs = writeKubeconfigs(api);
  atEnd(kubeconfigs.remove);
  const shared = {
    ...ENVIRONMENT,
    AWS_ENDPOINT_URL_EC2: ec2,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_SSM: aws,
    RECLAIMER_QUEUE_URL: `${sqs}${new URL(urls.queue).pathname}`,
    RECLAIMER_MIRROR_PARAMETER: parameter,
  };
  return {
    environmentOf: (of) => ({ ...shared, RECLAIMER_KUBECONFIG: kubeconfigs.of[of] }),
    queue,
    deadLetters: () => queue.deadLetters(),
    kubernetesCalls: () => {
      const total: Record<string, number> = {};
      for (const token of Object.values(FUNCTION_TOKENS))
        for (const [verb, count] of Object.entries(
          gateway.calls.byVerb({ user: IDENTITIES[token]?.user ?? "" }),
        ))
          total[verb] = (total[verb] ?? 0) + count;
      return total;
    },
    readBack: () => replica.readAll(admin),
  };
}
