/** Whole clusters in virtual time: what their functions ask of AWS, in process, each under a name of its own. */
import { CLUSTER_NAME, VPC_ID } from "../../../src/sandbox/engine/world.ts";
import { planOf } from "../../../src/sandbox/simulate/plan.ts";
import { runSeed } from "../../../src/sandbox/simulate/run-seed.ts";
import type { Simulation } from "../../../src/sandbox/simulate/simulation.ts";
import { type Recording, stackFor } from "./recording.ts";
import { ACCOUNT, type FunctionName, interfaceCall, QUEUE, REGION, type RecordedCall } from "./wire-call.ts";

const NODES = 3;
const STEPS = 150;

/** The first word of what a function is told to do there. */
const WORK: Readonly<Record<string, FunctionName>> = { collect: "collect", sweep: "reclaim", clean: "clean" };

export async function recordSeed(seed: number): Promise<Recording> {
  const calls: RecordedCall[] = [];
  let parameters: Recording["parameters"] = {};
  let mode: Recording["mode"] = "observe";
  const prepare = (simulation: Simulation): void => {
    ({ mode } = simulation.settings);
    const cluster = { clusterName: CLUSTER_NAME, clusterUID: simulation.world.clusterUID, vpcID: VPC_ID };
    parameters = stackFor(cluster, mode);
    const told = simulation.told.bind(simulation);
    simulation.told = (who, crossing, ...fate) => {
      // Allocators are told of as well, under the names of their nodes.
      const [, work = ""] = /^function \d+ ([a-z]+)/.exec(who) ?? [];
      const by = WORK[work];
      const call = callOf(crossing, simulation);
      if (by !== undefined && call !== undefined) calls.push({ by, ...call });
      told(who, crossing, ...fate);
    };
  };
  await runSeed({ seed, mode: "safety", nodes: NODES, prepare }, planOf(seed, STEPS));
  return { name: `simulation, seed ${seed}`, mode, parameters, calls };
}

function callOf(
  { to, what }: { readonly to: string; readonly what: string },
  { world: { ec2 } }: Simulation,
): Omit<RecordedCall, "by"> | undefined {
  const [operation = "", interfaceID] = what.split(" ");
  switch (to) {
    case "ec2":
      // A request about an interface that is gone has no effect, whatever IAM says: only what there is counts.
      if (interfaceID !== undefined && ec2.placeOf(interfaceID) === undefined) return undefined;
      return {
        action: `ec2:${operation}`,
        ...(interfaceID === undefined ? { resource: "*" } : interfaceCall(interfaceID, ec2)),
      };
    case "queue":
      return { action: "sqs:SendMessage", resource: QUEUE };
    case "mirror":
      return {
        action: operation === "read" ? "ssm:GetParameter" : "ssm:PutParameter",
        resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/eni-reclaimer/${CLUSTER_NAME}/mirror`,
      };
    default:
      return undefined;
  }
}
