import type { Evidence } from "../../domain/evidence.ts";
import { judge } from "../../domain/judgement/index.ts";
import { LABEL } from "../../domain/objects/names.ts";
import { planMarks } from "../../domain/plan/marks.ts";
import type { Gate } from "../guard/gate.ts";
import { wholeStaticClaims } from "../guard/whole-lists.ts";
import { failuresOf, inParallel } from "../parallel.ts";
import type { CollectSummary } from "../requests.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { wholeRecords } from "./closer-look.ts";
import { countsOf, settled } from "./leaks.ts";
import { claimsOf, serverTime } from "./lists.ts";
import { writeMarks } from "./write-marks.ts";

type OpenGate = Extract<Gate, { open: true }>;
type Result = Omit<CollectSummary, "run" | "kind">;

/**
 * An instance was terminated: marks the records and detached interfaces that it leaves, so that their grace starts now
 * and not at the next daily run. EC2 is asked again: an event is a hint, never a proof.
 */
export async function collectTerminated(
  ports: CollectPorts,
  settings: Settings,
  run: string,
  gate: OpenGate,
  instanceID: string,
): Promise<Result> {
  await ports.budget.reserve({ DescribeNetworkInterfaces: 1, DescribeInstances: 1 });
  const interfaces = await ports.cloud.detachedInterfacesOf(instanceID);
  const instances = await ports.cloud.instanceStates([instanceID]);
  const entries = await ports.cluster.listVpcIPLabels(`${LABEL.instance}=${instanceID}`);
  const records = await inParallel(entries, 8, ({ name }) => ports.cluster.getVpcIP(name));
  const whole = records.flatMap((result) => (result.ok && result.value.found ? [result.value.object] : []));
  const unread = failuresOf(records, ({ name }) => `VpcIP ${name}`);
  const evidence: Evidence = {
    cluster: { name: settings.clusterName, uid: gate.sentinels.clusterUID },
    now: serverTime(ports),
    interfaces,
    nodes: new Map(),
    vpcIPs: wholeRecords(whole),
    pods: [],
    claims: claimsOf(await wholeStaticClaims(ports.cluster, gate.sentinels)),
    instances,
  };
  const verdicts = judge(evidence, settings).map(settled);
  ports.notices.judged("collect", run, verdicts);
  // It sees a part of the evidence: enough for marks, which are harmless when wrong, never to take any away.
  const plan = { ...planMarks(evidence, verdicts), remove: [] };
  const written = await writeMarks(ports, plan, serverTime(ports));
  return {
    ...countsOf(ports, evidence, verdicts),
    marked: written.marked.length,
    unmarked: written.unmarked,
    queued: [],
    failed: [...unread, ...written.failed],
  };
}
