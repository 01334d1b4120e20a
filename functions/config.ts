import type { Settings } from "../src/reclaimer/settings.ts";
import { CHECKS } from "./config/checks.ts";
import { type KubernetesSource, sourceOf, sourceProblem } from "./config/kubernetes-source.ts";
import { OPTIONAL_VARIABLES, VARIABLES, type Values, type Variable } from "./config/variables.ts";

/** What `process.env` is: read once, by the factories of `functions/wiring`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whom the functions call. STS is none of them: EKS sends what they sign for it. */
export const AWS_SERVICES = ["ec2", "eks", "sns", "sqs", "ssm"] as const;
export type AwsService = (typeof AWS_SERVICES)[number];

export interface AwsAccess {
  readonly region: string;
  /** Undefined: AWS's own endpoint of the region. */
  readonly endpoints: { readonly [Service in AwsService]?: string };
  /** Those of the function's role, which Lambda puts into the environment. Undefined: the SDK looks for some. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export interface FunctionConfig {
  readonly settings: Settings;
  readonly vpcID: string;
  readonly queueURL: string;
  readonly mirrorParameter: string;
  /** Undefined: people are told by the CloudWatch alarms alone. */
  readonly alarmTopicARN?: string;
  readonly kubernetes: KubernetesSource;
  readonly aws: AwsAccess;
  /** The reclaimer's share of EC2's refill, all concurrent functions together. */
  readonly budgetShare: number;
  readonly maximumConcurrency: number;
  readonly logLevel: "DEBUG" | "INFO" | "WARN" | "ERROR" | "SILENT";
}

/** Everything that is wrong with the environment, in one message. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    super(
      `The environment of this function has ${count}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

const PREFIX = "RECLAIMER_";
const OWN_NAMES: readonly string[] = Object.keys({ ...VARIABLES, ...OPTIONAL_VARIABLES }).filter((name) =>
  name.startsWith(PREFIX),
);
const SHOWN_CHARACTERS = 80;

/** Reads the environment, or throws {@link ConfigError} with all that is wrong with it. */
export function readConfig(environment: Environment): FunctionConfig {
  const problems: string[] = [];
  const values: Partial<Record<keyof Values, unknown>> = {};
  const read = (name: string, variable: Variable, raw: string): void => {
    const result = variable.schema.safeParse(raw);
    if (result.success) values[name as keyof Values] = result.data;
    else problems.push(`${name} ${shown(raw, variable)}: allowed is ${variable.allowed}`);
  };
  for (const [name, variable] of Object.entries<Variable>(VARIABLES)) {
    const raw = environment[name] ?? variable.fallback;
    if (raw === undefined) problems.push(`${name} is not set: allowed is ${variable.allowed}`);
    else read(name, variable, raw);
  }
  for (const [name, variable] of Object.entries<Variable>(OPTIONAL_VARIABLES)) {
    const raw = environment[name];
    if (raw !== undefined) read(name, variable, raw);
  }
  for (const name of Object.keys(environment))
    if (name.startsWith(PREFIX) && !OWN_NAMES.includes(name) && environment[name] !== undefined)
      problems.push(`${name} is not known: allowed are ${OWN_NAMES.join(", ")}`);
  const source = sourceProblem((name) => environment[name] !== undefined);
  if (source !== undefined) problems.push(source);
  // A check looks at several variables; where one of them is wrong in itself it has nothing to say.
  for (const check of CHECKS)
    if (check.reads.every((name) => values[name] !== undefined) && !check.holds(values as Values))
      problems.push(
        `${check.reads.map((name) => `${name} (${String(values[name])})`).join(", ")}: ${check.rule}`,
      );
  if ((values.AWS_ACCESS_KEY_ID === undefined) !== (values.AWS_SECRET_ACCESS_KEY === undefined))
    problems.push("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: allowed are both or neither");
  if (problems.length > 0) throw new ConfigError(problems);
  return assembled(values as Values);
}

function shown(raw: string, variable: Variable): string {
  if (raw === "") return "is empty";
  if (variable.hidden === true) return "has a value of another shape (not shown)";
  return `is ${JSON.stringify(raw.length > SHOWN_CHARACTERS ? `${raw.slice(0, SHOWN_CHARACTERS)}…` : raw)}`;
}

function assembled(values: Values): FunctionConfig {
  return {
    settings: {
      clusterName: values.RECLAIMER_CLUSTER_NAME,
      mode: values.RECLAIMER_MODE,
      releaseNodeGroups: values.RECLAIMER_RELEASE_NODE_GROUPS,
      markAgeSeconds: values.RECLAIMER_MARK_AGE_SECONDS,
      notFoundSeconds: values.RECLAIMER_NOT_FOUND_SECONDS,
      refillSeconds: values.RECLAIMER_REFILL_SECONDS,
      breaker: {
        nodeShare: values.RECLAIMER_BREAKER_NODE_SHARE,
        subnetShare: values.RECLAIMER_BREAKER_SUBNET_SHARE,
        clusterShare: values.RECLAIMER_BREAKER_CLUSTER_SHARE,
        minimumLeaks: values.RECLAIMER_BREAKER_MINIMUM_LEAKS,
      },
      leaseSeconds: values.RECLAIMER_LEASE_SECONDS,
      handOverSeconds: values.RECLAIMER_HAND_OVER_SECONDS,
      requestSeconds: values.RECLAIMER_REQUEST_SECONDS,
      retrySeconds: values.RECLAIMER_RETRY_SECONDS,
      maximumAttempts: values.RECLAIMER_MAXIMUM_ATTEMPTS,
      tombstoneSeconds: values.RECLAIMER_TOMBSTONE_SECONDS,
      requestTimeoutMilliseconds: values.RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS,
    },
    vpcID: values.RECLAIMER_VPC_ID,
    queueURL: values.RECLAIMER_QUEUE_URL,
    mirrorParameter: values.RECLAIMER_MIRROR_PARAMETER,
    ...(values.RECLAIMER_ALARM_TOPIC_ARN === undefined
      ? {}
      : { alarmTopicARN: values.RECLAIMER_ALARM_TOPIC_ARN }),
    kubernetes: sourceOf(values),
    aws: awsAccess(values),
    budgetShare: values.RECLAIMER_BUDGET_SHARE,
    maximumConcurrency: values.RECLAIMER_MAXIMUM_CONCURRENCY,
    logLevel: values.RECLAIMER_LOG_LEVEL,
  };
}

function awsAccess(values: Values): AwsAccess {
  const endpoints: { [Service in AwsService]?: string } = {};
  for (const service of AWS_SERVICES) {
    const own = service.toUpperCase() as Uppercase<AwsService>;
    const endpoint = values[`AWS_ENDPOINT_URL_${own}`] ?? values.AWS_ENDPOINT_URL;
    if (endpoint !== undefined) endpoints[service] = endpoint;
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  const sessionToken = values.AWS_SESSION_TOKEN;
  return {
    region: values.AWS_REGION,
    endpoints,
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : {
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }),
  };
}
