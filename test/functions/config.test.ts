import { describe, expect, test } from "@jest/globals";
import { ConfigError, type Environment, type FunctionConfig, readConfig } from "../../functions/config.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";

const LEAST: Environment = {
  AWS_REGION: "eu-central-1",
  RECLAIMER_CLUSTER_NAME: "blue",
  RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
  RECLAIMER_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/111122223333/sweeps",
  RECLAIMER_MIRROR_PARAMETER: "/eni-reclaimer/blue/mirror",
  RECLAIMER_KUBECONFIG: "/opt/kubeconfig",
};

function problems(more: Environment, base = LEAST): readonly string[] {
  try {
    readConfig({ ...base, ...more });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms";

describe("with nothing but what it needs", () => {
  test("observes, with the defaults of the settings", () => {
    expect(readConfig(LEAST)).toEqual({
      settings: { clusterName: "blue", ...DEFAULT_SETTINGS },
      vpcID: "vpc-0123456789abcdef0",
      queueURL: "https://sqs.eu-central-1.amazonaws.com/111122223333/sweeps",
      mirrorParameter: "/eni-reclaimer/blue/mirror",
      kubernetes: { kind: "kubeconfig-file", path: "/opt/kubeconfig" },
      aws: { region: "eu-central-1", endpoints: {} },
      budgetShare: 0.2,
      maximumConcurrency: 2,
      logLevel: "INFO",
    } satisfies FunctionConfig);
  });

  test.each(Object.keys(LEAST).filter((name) => name !== "RECLAIMER_KUBECONFIG"))(
    "doesn't start without %s",
    (name) => {
      expect(problems({ [name]: undefined })).toEqual([
        expect.stringMatching(`^${name} is not set: allowed is `),
      ]);
    },
  );
});

describe("a value that is given", () => {
  test.each<[string, string, (config: FunctionConfig) => unknown, unknown]>([
    ["RECLAIMER_MODE", "release", ({ settings }) => settings.mode, "release"],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "*", ({ settings }) => settings.releaseNodeGroups, "*"],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "blue", ({ settings }) => settings.releaseNodeGroups, ["blue"]],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "a,b-2", ({ settings }) => settings.releaseNodeGroups, ["a", "b-2"]],
    ["RECLAIMER_MARK_AGE_SECONDS", "300", ({ settings }) => settings.markAgeSeconds, 300],
    ["RECLAIMER_NOT_FOUND_SECONDS", "7200", ({ settings }) => settings.notFoundSeconds, 7200],
    ["RECLAIMER_REFILL_SECONDS", "900", ({ settings }) => settings.refillSeconds, 900],
    ["RECLAIMER_BREAKER_NODE_SHARE", "0.9", ({ settings }) => settings.breaker.nodeShare, 0.9],
    ["RECLAIMER_BREAKER_SUBNET_SHARE", "1", ({ settings }) => settings.breaker.subnetShare, 1],
    ["RECLAIMER_BREAKER_CLUSTER_SHARE", "0.05", ({ settings }) => settings.breaker.clusterShare, 0.05],
    ["RECLAIMER_BREAKER_MINIMUM_LEAKS", "4", ({ settings }) => settings.breaker.minimumLeaks, 4],
    ["RECLAIMER_LEASE_SECONDS", "45", ({ settings }) => settings.leaseSeconds, 45],
    ["RECLAIMER_HAND_OVER_SECONDS", "8", ({ settings }) => settings.handOverSeconds, 8],
    ["RECLAIMER_REQUEST_SECONDS", "30", ({ settings }) => settings.requestSeconds, 30],
    ["RECLAIMER_RETRY_SECONDS", "900", ({ settings }) => settings.retrySeconds, 900],
    ["RECLAIMER_MAXIMUM_ATTEMPTS", "5", ({ settings }) => settings.maximumAttempts, 5],
    ["RECLAIMER_TOMBSTONE_SECONDS", "3600", ({ settings }) => settings.tombstoneSeconds, 3600],
    [
      "RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS",
      "2500",
      ({ settings }) => settings.requestTimeoutMilliseconds,
      2500,
    ],
    ["RECLAIMER_BUDGET_SHARE", "0.5", ({ budgetShare }) => budgetShare, 0.5],
    ["RECLAIMER_MAXIMUM_CONCURRENCY", "10", ({ maximumConcurrency }) => maximumConcurrency, 10],
    ["RECLAIMER_LOG_LEVEL", "SILENT", ({ logLevel }) => logLevel, "SILENT"],
    ["RECLAIMER_ALARM_TOPIC_ARN", TOPIC, ({ alarmTopicARN }) => alarmTopicARN, TOPIC],
    [
      "RECLAIMER_ALARM_TOPIC_ARN",
      TOPIC.replace("aws", "aws-cn"),
      ({ alarmTopicARN }) => alarmTopicARN,
      TOPIC.replace("aws", "aws-cn"),
    ],
    ["AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9", ({ aws }) => aws.endpoints, { ec2: "http://127.0.0.1:9" }],
    [
      "AWS_ENDPOINT_URL",
      "http://127.0.0.1:9",
      ({ aws }) => aws.endpoints,
      {
        ec2: "http://127.0.0.1:9",
        eks: "http://127.0.0.1:9",
        sns: "http://127.0.0.1:9",
        sqs: "http://127.0.0.1:9",
        ssm: "http://127.0.0.1:9",
      },
    ],
    ["AWS_ENDPOINT_URL_EKS", "http://127.0.0.1:9", ({ aws }) => aws.endpoints, { eks: "http://127.0.0.1:9" }],
  ])("%s=%s is taken", (name, value, read, expected) => {
    expect(read(readConfig({ ...LEAST, [name]: value }))).toEqual(expected);
  });

  test.each<[string, string]>([
    ["RECLAIMER_MODE", "Release"],
    ["RECLAIMER_MODE", ""],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "a,,b"],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "a,*"],
    ["RECLAIMER_RELEASE_NODE_GROUPS", "a, b"],
    ["RECLAIMER_MARK_AGE_SECONDS", "299"],
    ["RECLAIMER_MARK_AGE_SECONDS", "30m"],
    ["RECLAIMER_MARK_AGE_SECONDS", "1e3"],
    ["RECLAIMER_MARK_AGE_SECONDS", "1800.5"],
    ["RECLAIMER_MARK_AGE_SECONDS", " 1800"],
    ["RECLAIMER_MARK_AGE_SECONDS", "-1800"],
    ["RECLAIMER_NOT_FOUND_SECONDS", "3599"],
    ["RECLAIMER_BREAKER_NODE_SHARE", "0"],
    ["RECLAIMER_BREAKER_SUBNET_SHARE", "1.1"],
    ["RECLAIMER_BREAKER_CLUSTER_SHARE", "50%"],
    ["RECLAIMER_BREAKER_MINIMUM_LEAKS", "0"],
    ["RECLAIMER_RETRY_SECONDS", "901"],
    ["RECLAIMER_MAXIMUM_ATTEMPTS", "0"],
    ["RECLAIMER_TOMBSTONE_SECONDS", "2099"],
    ["RECLAIMER_BUDGET_SHARE", "0.0"],
    ["RECLAIMER_MAXIMUM_CONCURRENCY", "1"],
    ["RECLAIMER_LOG_LEVEL", "info"],
    ["RECLAIMER_VPC_ID", "unset"],
    ["RECLAIMER_QUEUE_URL", "sweeps"],
    ["RECLAIMER_MIRROR_PARAMETER", "mirror"],
    ["RECLAIMER_CLUSTER_NAME", "a b"],
    ["RECLAIMER_ALARM_TOPIC_ARN", ""],
    ["RECLAIMER_ALARM_TOPIC_ARN", "alarms"],
    ["RECLAIMER_ALARM_TOPIC_ARN", "arn:aws:sns:eu-central-1:111122223333:alarms.fifo"],
    ["AWS_REGION", "Frankfurt"],
    ["AWS_ENDPOINT_URL_EKS", "eks"],
    ["AWS_ENDPOINT_URL_EC2", "file:///etc/passwd"],
  ])("%s=%s stops the function, with name, value and what is allowed", (name, value) => {
    const [problem, ...others] = problems({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} .*allowed is `));
    expect(problem).toContain(value === "" ? "is empty" : JSON.stringify(value));
  });
});

describe("values that don't fit one another", () => {
  test.each<[string, Environment, string]>([
    [
      "a lease that with its renewals outlives a tombstone",
      { RECLAIMER_LEASE_SECONDS: "1200" },
      "must end before a tombstone does",
    ],
    [
      "a queue that shows a message again before a sweep is over",
      { RECLAIMER_QUEUE_VISIBILITY_SECONDS: "719" },
      "at least 6 times the sweep's timeout",
    ],
    [
      "a timeout in which no sweep fits",
      { RECLAIMER_SWEEP_TIMEOUT_SECONDS: "85" },
      "must be longer than a hand-over, a lease and the requests around them",
    ],
    [
      "a request that ends before its answer is waited for",
      { RECLAIMER_REQUEST_SECONDS: "5" },
      "must stand for longer than its answer is waited for",
    ],
    [
      "a lease under which no request can be sent",
      { RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS: "20001" },
      "at least three times a request's timeout",
    ],
    [
      "a message that comes back before a lease can have ended",
      { RECLAIMER_RETRY_SECONDS: "59" },
      "held back for at least a lease",
    ],
  ])("%s: the function doesn't start", (_, values, rule) => {
    expect(problems(values)).toContainEqual(expect.stringContaining(rule));
  });

  test.each<[string, Environment]>([
    [
      "six times the timeout",
      { RECLAIMER_QUEUE_VISIBILITY_SECONDS: "720", RECLAIMER_SWEEP_TIMEOUT_SECONDS: "120" },
    ],
    ["a tombstone of 35 minutes", { RECLAIMER_TOMBSTONE_SECONDS: "2100" }],
    ["a timeout in which a sweep just fits", { RECLAIMER_SWEEP_TIMEOUT_SECONDS: "86" }],
    ["a request that is waited for almost to its end", { RECLAIMER_REQUEST_SECONDS: "6" }],
    ["a retry after just a lease", { RECLAIMER_RETRY_SECONDS: "60" }],
  ])("%s is enough", (_, values) => {
    expect(problems(values)).toEqual([]);
  });
});

describe("the way to the cluster", () => {
  const { RECLAIMER_KUBECONFIG: _, ...NONE } = LEAST;

  test.each<[Environment, FunctionConfig["kubernetes"]]>([
    [{ RECLAIMER_EKS_CLUSTER: "blue" }, { kind: "eks", clusterName: "blue" }],
    [
      { RECLAIMER_KUBECONFIG_PARAMETER: "/blue/kubeconfig" },
      { kind: "kubeconfig-parameter", parameterName: "/blue/kubeconfig" },
    ],
    [{ RECLAIMER_KUBECONFIG: "/opt/kubeconfig" }, { kind: "kubeconfig-file", path: "/opt/kubeconfig" }],
  ])("is the one that is set: %j", (environment, expected) => {
    expect(readConfig({ ...NONE, ...environment }).kubernetes).toEqual(expected);
  });

  test("has to be set: which ones there are, and what to do, is one problem", () => {
    expect(problems({}, NONE)).toEqual([
      "RECLAIMER_EKS_CLUSTER, RECLAIMER_KUBECONFIG_PARAMETER, RECLAIMER_KUBECONFIG: none is set, set one: the cluster's name in EKS, the name of an SSM parameter that holds a kubeconfig, or the path of a kubeconfig file",
    ]);
  });

  test("is one: which ones are set, and what to do, is one problem, without what they are", () => {
    const told = problems({ RECLAIMER_EKS_CLUSTER: "blue" });
    expect(told).toEqual([
      "RECLAIMER_EKS_CLUSTER, RECLAIMER_KUBECONFIG: 2 are set, keep one: each is another way to the cluster",
    ]);
  });

  test.each<[string, string]>([
    ["RECLAIMER_EKS_CLUSTER", ""],
    ["RECLAIMER_EKS_CLUSTER", "blue.green"],
    ["RECLAIMER_KUBECONFIG_PARAMETER", "kubeconfig"],
    ["RECLAIMER_KUBECONFIG", "kubeconfig"],
  ])("is told once where it is no such thing: %s=%s", (name, value) => {
    expect(problems({ [name]: value }, NONE)).toEqual([expect.stringMatching(`^${name} .*allowed is `)]);
  });
});

describe("what is wrong", () => {
  test("is told all at once, unknown variables and rules between variables too", () => {
    const message = problems({
      RECLAIMER_MODE: "on",
      RECLAIMER_MARK_AGE: "600",
      RECLAIMER_VPC_ID: undefined,
      RECLAIMER_QUEUE_VISIBILITY_SECONDS: "200",
    });
    expect(message).toEqual([
      "RECLAIMER_VPC_ID is not set: allowed is a VPC ID such as vpc-0123456789abcdef0",
      'RECLAIMER_MODE is "on": allowed is observe or release',
      expect.stringMatching(/^RECLAIMER_MARK_AGE is not known: allowed are .*RECLAIMER_MARK_AGE_SECONDS/),
      "RECLAIMER_QUEUE_VISIBILITY_SECONDS (200), RECLAIMER_SWEEP_TIMEOUT_SECONDS (120): the queue must hide a message for at least 6 times the sweep's timeout",
    ]);
  });

  test("is one message", () => {
    expect(() => readConfig({})).toThrow(
      /^The environment of this function has 6 problems:\n {2}RECLAIMER_CLUSTER_NAME/,
    );
  });

  test("never shows what may be a secret: an unknown variable, a kubeconfig, credentials", () => {
    const secret = "s3cr3t-value";
    const told = problems({
      RECLAIMER_TOKEN: secret,
      RECLAIMER_KUBECONFIG: `apiVersion: v1 token: ${secret}`,
      AWS_SECRET_ACCESS_KEY: secret,
    });
    expect(told).toHaveLength(3);
    expect(told.join()).not.toContain(secret);
  });

  test("isn't what other software keeps in the environment", () => {
    expect(problems({ PATH: "/bin", LAMBDA_TASK_ROOT: "/var/task", POWERTOOLS_DEV: "x" })).toEqual([]);
  });
});

describe("the credentials of the function's role", () => {
  test("are taken from the environment", () => {
    const keys = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "SK", AWS_SESSION_TOKEN: "ST" };
    expect(readConfig({ ...LEAST, ...keys }).aws.credentials).toEqual({
      accessKeyId: "AK",
      secretAccessKey: "SK",
      sessionToken: "ST",
    });
  });

  test("are whole or absent", () => {
    expect(problems({ AWS_ACCESS_KEY_ID: "AK" })).toHaveLength(1);
  });
});
