import * as z from "zod";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";

/** One environment variable: how it is read, what a person is told where it is wrong, and what counts where it is absent. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** Completes the sentence "allowed is …". */
  readonly allowed: string;
  /** As it would be written in the environment. Without one the variable is required. */
  readonly fallback?: string;
  /** What it holds may be a secret, by nature or by mistake: never shown. */
  readonly hidden?: true;
}

const variable = <Schema extends z.ZodType>(
  allowed: string,
  schema: Schema,
  more: { readonly fallback?: string | number; readonly hidden?: true } = {},
): Variable<Schema> => ({
  schema,
  allowed,
  ...(more.fallback === undefined ? {} : { fallback: String(more.fallback) }),
  ...(more.hidden === undefined ? {} : { hidden: more.hidden }),
});

const text = (allowed: string, pattern: RegExp) => variable(allowed, z.string().regex(pattern));

/** Only decimal digits: "1e3", "0x10", " 5" and "5s" are mistakes, not numbers. */
const whole = (minimum: number, maximum: number, unit: string, fallback: number) =>
  variable(
    `a whole number of ${unit} from ${minimum} to ${maximum}`,
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .pipe(z.int().min(minimum).max(maximum)),
    { fallback },
  );

const share = (fallback: number) =>
  variable(
    "a share above 0 and up to 1, such as 0.5",
    z
      .string()
      .regex(/^(0\.\d{1,6}|1(\.0{1,6})?)$/)
      .transform(Number)
      .pipe(z.number().gt(0).max(1)),
    { fallback },
  );

const nodeGroups = z
  .string()
  .regex(/^[^\s,]+(,[^\s,]+)*$/)
  .transform((value): "*" | readonly string[] => (value === "*" ? "*" : value.split(",")))
  .refine((groups) => groups === "*" || !groups.includes("*"));

const endpoint = variable("an http or https URL", z.url({ protocol: /^https?$/ }));
const secret = (allowed: string) => variable(allowed, z.string().min(1), { hidden: true });

const parameterName = text("an SSM parameter name that starts with '/'", /^\/[A-Za-z0-9._/-]{1,1000}$/);

export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "SILENT"] as const;

const { breaker } = DEFAULT_SETTINGS;

/** Every variable that has to be set or has a fallback. Those that start with `RECLAIMER_` are ours, here or below: no other may. */
export const VARIABLES = {
  RECLAIMER_CLUSTER_NAME: text(
    "a cluster name: letters, digits, '.', '_' and '-', at most 100",
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  ),
  RECLAIMER_VPC_ID: text("a VPC ID such as vpc-0123456789abcdef0", /^vpc-[0-9a-f]{8,17}$/),
  RECLAIMER_QUEUE_URL: variable("the http or https URL of the sweep queue", z.url({ protocol: /^https?$/ })),
  RECLAIMER_MIRROR_PARAMETER: parameterName,
  RECLAIMER_MODE: variable("observe or release", z.enum(["observe", "release"]), {
    fallback: DEFAULT_SETTINGS.mode,
  }),
  RECLAIMER_RELEASE_NODE_GROUPS: variable("* or names of node groups with commas between", nodeGroups, {
    fallback: "*",
  }),
  /** Two observations must stay two: a Pod that starts writes its VpcIP within seconds, API-server lag included. */
  RECLAIMER_MARK_AGE_SECONDS: whole(300, 604_800, "seconds", DEFAULT_SETTINGS.markAgeSeconds),
  /** EC2 may not find an instance that was just made (eventual consistency): the two looks are an hour apart. */
  RECLAIMER_NOT_FOUND_SECONDS: whole(3_600, 604_800, "seconds", DEFAULT_SETTINGS.notFoundSeconds),
  /** An allocator's EC2 call and its record take seconds; the bump ends an older refill in any case. */
  RECLAIMER_REFILL_SECONDS: whole(60, 86_400, "seconds", DEFAULT_SETTINGS.refillSeconds),
  RECLAIMER_BREAKER_NODE_SHARE: share(breaker.nodeShare),
  RECLAIMER_BREAKER_SUBNET_SHARE: share(breaker.subnetShare),
  RECLAIMER_BREAKER_CLUSTER_SHARE: share(breaker.clusterShare),
  RECLAIMER_BREAKER_MINIMUM_LEAKS: whole(1, 100_000, "leaks", breaker.minimumLeaks),
  RECLAIMER_LEASE_SECONDS: whole(15, 1_800, "seconds", DEFAULT_SETTINGS.leaseSeconds),
  RECLAIMER_HAND_OVER_SECONDS: whole(1, 60, "seconds", DEFAULT_SETTINGS.handOverSeconds),
  /** Pods wait meanwhile, and a kubelet gives up on a sandbox after 4 minutes. */
  RECLAIMER_REQUEST_SECONDS: whole(2, 120, "seconds", DEFAULT_SETTINGS.requestSeconds),
  /** SQS holds a message back for at most 15 minutes (SendMessage, DelaySeconds). */
  RECLAIMER_RETRY_SECONDS: whole(1, 900, "seconds", DEFAULT_SETTINGS.retrySeconds),
  RECLAIMER_MAXIMUM_ATTEMPTS: whole(1, 20, "attempts", DEFAULT_SETTINGS.maximumAttempts),
  /** 15 minutes of signature life on either side of the clock, and 5 to spare. */
  RECLAIMER_TOMBSTONE_SECONDS: whole(35 * 60, 86_400, "seconds", DEFAULT_SETTINGS.tombstoneSeconds),
  RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS: whole(
    500,
    30_000,
    "milliseconds",
    DEFAULT_SETTINGS.requestTimeoutMilliseconds,
  ),

  RECLAIMER_BUDGET_SHARE: share(0.2),
  /** An event source mapping takes 2 to 1,000 (Lambda ScalingConfig); one function at a time can't be asked for. */
  RECLAIMER_MAXIMUM_CONCURRENCY: whole(2, 1_000, "concurrent sweeps", 2),
  RECLAIMER_SWEEP_TIMEOUT_SECONDS: whole(30, 900, "seconds", 120),
  RECLAIMER_QUEUE_VISIBILITY_SECONDS: whole(180, 43_200, "seconds", 720),
  RECLAIMER_LOG_LEVEL: variable(LOG_LEVELS.join(", "), z.enum(LOG_LEVELS), { fallback: "INFO" }),

  AWS_REGION: text("an AWS region such as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d+$/),
} as const satisfies Record<string, Variable>;

/** Those that may be absent. */
export const OPTIONAL_VARIABLES = {
  /** EKS API Reference, "CreateCluster", name. */
  RECLAIMER_EKS_CLUSTER: text(
    "the name of an EKS cluster: letters, digits, '_' and '-', at most 100",
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
  ),
  RECLAIMER_KUBECONFIG_PARAMETER: parameterName,
  RECLAIMER_KUBECONFIG: variable("the absolute path of a kubeconfig file", z.string().regex(/^\/\S+$/), {
    hidden: true,
  }),
  /** SNS guide, "Creating an Amazon SNS topic": at most 256 characters; `.fifo` ends the name of a FIFO topic, which is none for people. */
  RECLAIMER_ALARM_TOPIC_ARN: text(
    "the ARN of a standard SNS topic",
    /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  ),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_EC2: endpoint,
  AWS_ENDPOINT_URL_EKS: endpoint,
  AWS_ENDPOINT_URL_SNS: endpoint,
  AWS_ENDPOINT_URL_SQS: endpoint,
  AWS_ENDPOINT_URL_SSM: endpoint,
  AWS_ACCESS_KEY_ID: secret("an access key ID"),
  AWS_SECRET_ACCESS_KEY: secret("a secret access key"),
  AWS_SESSION_TOKEN: secret("a session token"),
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
type OptionalName = keyof typeof OPTIONAL_VARIABLES;

export type Values = {
  readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]["schema"]>;
} & {
  readonly [Name in OptionalName]?: z.output<(typeof OPTIONAL_VARIABLES)[Name]["schema"]>;
};
