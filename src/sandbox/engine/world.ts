import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Wire } from "../../adapters/kubernetes/wire.ts";
import type { Address } from "../../domain/address.ts";
import { Ec2, Ec2Front, Faults } from "../ec2/index.ts";
import type { Exchange } from "../http/loopback-server.ts";
import type { Line } from "../in-process/line.ts";
import { inProcessWire } from "../in-process/wire.ts";
import { KubernetesSimulator } from "../kubernetes/index.ts";
import { type Queue, Sqs, SqsFront } from "../sqs/index.ts";
import { Ssm, SsmFront } from "../ssm/index.ts";
import { SandboxApi } from "./api.ts";
import { type PodObjects, podsOf } from "./pod-objects.ts";
import { seededRandom } from "./random.ts";
import type { SandboxClock } from "./sandbox-clock.ts";
import { Truth } from "./truth.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** The functions' identity at the simulated EC2 and at the simulated API server. */
export const RECLAIMER_KEY = "AKIARECLAIMERSANDBOX";
export const RECLAIMER_USER = "eni-reclaimer";
export const RECLAIMER_TOKEN = "sandbox-token-of-the-functions";
/** The session token of a function: it tells one function's calls to AWS from another's. */
export const sessionOf = (name: string): string => `sandbox-session-of-${name}`;
/** The nodes' identity at both. */
export const AGENT_KEY = "AKIAAGENTSSANDBOXSIM";
export const AGENT_USER = "vpcip-agent";
export const AGENT_TOKEN = "sandbox-token-of-the-agents";
const PEOPLE_TOKEN = "sandbox-token-of-everybody-else";

export const CLUSTER_NAME = "sandbox";
export const VPC_ID = "vpc-0123456789abcdef0";
const MIRROR_PARAMETER = "/eni-reclaimer/sandbox/mirror";
/** What the functions are told wherever their servers are. */
export const ENVIRONMENT = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: RECLAIMER_KEY,
  AWS_SECRET_ACCESS_KEY: "sandbox",
  RECLAIMER_CLUSTER_NAME: CLUSTER_NAME,
  RECLAIMER_VPC_ID: VPC_ID,
} as const;
const CRDS = new URL("../../../infra/chart/manifests/crds/", import.meta.url);
export const START = Date.parse("2026-03-02T03:00:00Z");

/** Everything that the functions talk to, simulated, with the truth beside it. */
export class World {
  readonly random: () => number;
  readonly clock: SandboxClock;
  readonly ec2: Ec2;
  readonly ec2Faults = new Faults();
  readonly kubernetes: KubernetesSimulator;
  readonly sqs: Sqs;
  readonly ssm: Ssm;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly api: SandboxApi;
  readonly truth: Truth;
  /** How the agents reach the API server. */
  agentWire: (line: Line) => Wire;
  /** How the kubelets do. */
  podObjects: PodObjects;
  /** UIDs that laid objects have got elsewhere, by those that they were laid with. */
  readonly movedUIDs = new Map<string, string>();
  /** Secondary addresses by interface, as EC2 told of them. */
  readonly #secondary = new Map<string, Address[]>();
  #stops: (() => Promise<void> | void)[] = [];
  /** Told each request to AWS over HTTP as it arrives, before anything comes of it. */
  onAwsRequest: (service: "ec2" | "sqs" | "ssm", exchange: Exchange) => void = () => undefined;

  /** @param clock what everybody in the world sleeps by; time of a run over HTTP where left out */
  constructor(seed: number, clock: SandboxClock = new VirtualClock(START)) {
    this.clock = clock;
    const { now, sleepAsServer: sleep } = clock;
    this.random = seededRandom(seed);
    this.ec2 = new Ec2({ clock: now, random: this.random });
    const tokens = {
      [RECLAIMER_TOKEN]: RECLAIMER_USER,
      [AGENT_TOKEN]: AGENT_USER,
      [PEOPLE_TOKEN]: "everybody-else",
    };
    this.kubernetes = new KubernetesSimulator({ clock: now, random: this.random, sleep, access: { tokens } });
    this.sqs = new Sqs({ clock: now, random: this.random });
    this.deadLetters = this.sqs.createQueue("sweep-dlq");
    this.queue = this.sqs.createQueue("sweep", {
      visibilityTimeoutSeconds: 720,
      redrive: { deadLetterQueue: "sweep-dlq", maxReceiveCount: 5 },
    });
    this.ssm = new Ssm({ clock: now });
    this.api = new SandboxApi(this.kubernetes, PEOPLE_TOKEN);
    this.agentWire = (line) => inProcessWire(this.kubernetes, AGENT_TOKEN, line);
    this.podObjects = podsOf(this.kubernetes);
    this.ec2.onChange((change) => {
      if (change.kind !== "addressAssigned" || change.primary) return;
      const others = this.#secondary.get(change.interfaceID);
      if (others === undefined) this.#secondary.set(change.interfaceID, [change.address]);
      else others.push(change.address);
    });
    this.truth = new Truth(this.ec2, RECLAIMER_KEY);
    this.#layKinds();
  }

  /** Starts EC2 alone on a free loopback port; returns its URL. */
  startEC2(): Promise<string> {
    const { sleepAsServer: sleep } = this.clock;
    const ec2 = new Ec2Front({ ec2: this.ec2, ...this.#heard("ec2"), sleep, faults: this.ec2Faults });
    this.#stops.push(() => ec2.stop());
    return ec2.start();
  }

  /** Starts the servers on free loopback ports. Returns the environment that leads the functions to them. */
  async start(): Promise<Readonly<Record<string, string>>> {
    const sqs = new SqsFront({ sqs: this.sqs, ...this.#heard("sqs") });
    const ssm = new SsmFront({ ssm: this.ssm, ...this.#heard("ssm") });
    const directory = mkdtempSync(join(tmpdir(), "eni-reclaimer-sandbox-"));
    this.#stops.push(
      () => sqs.stop(),
      () => ssm.stop(),
      () => this.kubernetes.stop(),
      () => rmSync(directory, { recursive: true, force: true }),
    );
    const [ec2URL, sqsURL, ssmURL, kubernetesURL] = await Promise.all([
      this.startEC2(),
      sqs.start(),
      ssm.start(),
      this.kubernetes.start(),
    ]);
    const kubeconfig = join(directory, "kubeconfig");
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(kubernetesURL)), { mode: 0o600 });
    return {
      ...ENVIRONMENT,
      AWS_ENDPOINT_URL_EC2: ec2URL,
      AWS_ENDPOINT_URL_SQS: sqsURL,
      AWS_ENDPOINT_URL_SSM: ssmURL,
      RECLAIMER_QUEUE_URL: `${sqsURL}/${this.sqs.accountID}/sweep`,
      RECLAIMER_MIRROR_PARAMETER: MIRROR_PARAMETER,
      RECLAIMER_KUBECONFIG: kubeconfig,
    };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
    this.clock.stop();
  }

  /** The UID that a laid object has now. */
  uidOf(laid: string): string {
    return this.movedUIDs.get(laid) ?? laid;
  }

  /** Every secondary address that an interface ever got, in order. */
  assignedTo(interfaceID: string): readonly Address[] {
    return this.#secondary.get(interfaceID) ?? [];
  }

  /** UID of kube-system: which cluster this is. */
  get clusterUID(): string {
    return this.api.get("namespaces", { name: "kube-system" })?.metadata.uid ?? "";
  }

  /** API-server time as objects show it, some seconds from now (negative: ago). */
  timestamp(seconds = 0): string {
    return new Date(this.clock.now() + seconds * 1000).toISOString();
  }

  #heard(service: "ec2" | "sqs" | "ssm") {
    return {
      clock: this.clock.now,
      onRequest: (exchange: Exchange) => this.onAwsRequest(service, exchange),
    };
  }

  #layKinds(): void {
    for (const [file, body] of customResourceDefinitions()) {
      const answer = this.kubernetes.handle({
        method: "POST",
        path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        headers: { authorization: `Bearer ${PEOPLE_TOKEN}` },
        body,
      });
      if (answer.status >= 300) throw new Error(`${file}: ${JSON.stringify(answer.body)}`);
    }
    this.api.lay("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "vpcip-system" } });
  }
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "sandbox",
    clusters: [{ name: "sandbox", cluster: { server } }],
    users: [{ name: RECLAIMER_USER, user: { token: RECLAIMER_TOKEN } }],
    contexts: [{ name: "sandbox", context: { cluster: "sandbox", user: RECLAIMER_USER } }],
  };
}

let definitions: readonly (readonly [string, unknown])[] | undefined;

/** The CRDs as they are installed, by file. Read once: a simulation lays thousands of worlds. */
function customResourceDefinitions(): readonly (readonly [string, unknown])[] {
  definitions ??= readdirSync(CRDS).map(
    (file) => [file, parse(readFileSync(new URL(file, CRDS), "utf8"))] as const,
  );
  return definitions;
}
