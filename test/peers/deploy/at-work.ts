import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import { LABEL } from "../../../src/domain/objects/names.ts";
import type { Sentence } from "../../contract/sentences.ts";
import { until } from "../kubectl.ts";
import { aws, invoke } from "./aws.ts";
import { type RealNode, startNode, type World } from "./node.ts";
import { functionProcesses } from "./removed.ts";
import { functionName, idOf, STACK, type Told } from "./stack.ts";

const FUNCTIONS = ["collect", "reclaim", "clean"] as const;
/** Schedules fire once a minute at most; the rest is for a busy machine. */
const PATIENCE_MILLISECONDS = 180_000;

/**
 * The deployed functions at work: on a real API server, and on the simulated EC2 over its wire, whose own truth tells what
 * was released. Time is real. Three things are changed after the deploy, and said where they are: the functions' EC2
 * endpoint, how often the schedules fire, and how long the queue hides a message.
 */
export function describeAtWork(world: () => World, told: () => Told, sentence: Sentence): void {
  describe("its functions at work", () => {
    let first: RealNode;
    let second: RealNode;
    let used: readonly Address[];
    /** On the first node: leaked from the beginning; its mark is made old. */
    let leaked: Address;
    /** On the first node: leaked after the first collection. */
    let leakedLater: Address;
    /** On the second node. */
    let forClean: Address;

    const isAssigned = (address: Address): boolean =>
      world()
        .ec2.snapshot()
        .some(({ secondary }) => secondary.includes(address));
    const vip = async (address: Address) => {
      const text = await world().cluster.kubectl(["get", "vip", address, "--ignore-not-found", "-o", "json"]);
      return text === "" ? undefined : JSON.parse(text);
    };
    const linesOf = async (name: (typeof FUNCTIONS)[number]): Promise<readonly Line[]> => {
      const group = ["--log-group-name", `/aws/lambda/${functionName(name)}`];
      const { events } = await aws("logs", "filter-log-events", ...group);
      return events.flatMap(({ message }: { message: string }) =>
        message.startsWith("{") ? [JSON.parse(message)] : [],
      );
    };
    interface Line {
      readonly message: string;
      readonly summary?: {
        readonly kind?: string;
        readonly queued?: readonly string[];
        readonly failed: readonly unknown[];
      };
      readonly [more: string]: unknown;
    }

    beforeAll(async () => {
      const { clusterName = "" } = told();
      first = await startNode(world(), clusterName, 1);
      second = await startNode(world(), clusterName, 2);
      used = [await first.runPod("web-1"), await second.runPod("web-2")];
      leaked = first.leak();
      forClean = second.leak();
      // Changed after the deploy: the EC2 endpoint. The product's own variable for it (AWS SDKs and Tools Reference Guide,
      // "Service-specific endpoints") is no parameter of the stack, for no deploy to AWS needs it.
      for (const name of FUNCTIONS) {
        const of = ["--function-name", functionName(name)];
        const { Environment } = await aws("lambda", "get-function-configuration", ...of);
        const Variables = { ...Environment.Variables, AWS_ENDPOINT_URL_EC2: world().ec2URL };
        const changed = ["--environment", JSON.stringify({ Variables })];
        await aws("lambda", "update-function-configuration", ...of, ...changed);
        await aws("lambda", "wait", "function-updated", ...of);
      }
    }, 120_000);

    test("the first collection sets the install up and marks what looks leaked", async () => {
      const { said, answer } = await invoke(functionName("collect"), { kind: "leaks" });
      expect(said).toMatchObject({ StatusCode: 200 });
      expect(answer).toMatchObject({ kind: "leaks", interfaces: 2, leaked: 2, marked: 2, failed: [] });
      expect(answer.frozen).toBeUndefined();
      if (process.platform === "linux") expect(functionProcesses()).not.toEqual([]);
      expect((await vip(leaked)).spec.leak.cause).toBe("never-recorded");
      const mirror = `/eni-reclaimer/${told()["clusterName"]}/mirror`;
      const { Parameter } = await aws("ssm", "get-parameter", "--name", mirror);
      expect(Parameter.Value).toContain(world().cluster.uid);
    }, 60_000);

    test("clean is invoked by hand: a dry run by default, and what is too young is pending", async () => {
      const asked = { requestId: "first", nodes: [second.name], minimumAgeSeconds: 60 };
      for (const [request, dryRun] of [
        [asked, true],
        [{ ...asked, dryRun: false }, false],
      ] as const) {
        const { said, answer } = await invoke(functionName("clean"), request);
        expect(said.FunctionError).toBeUndefined();
        expect(answer).toMatchObject({ requestId: "first", dryRun, released: [], failed: [] });
        expect(answer.pending).toMatchObject([{ address: forClean, node: second.name }]);
        expect(answer.kept).toContainEqual({ address: used[1], node: second.name, reason: "claimed" });
      }
      expect(isAssigned(forClean)).toBe(true);
    }, 60_000);

    test("clean refuses what it doesn't understand, and says what", async () => {
      const { said, answer } = await invoke(functionName("clean"), { requestId: "second", dryrun: false });
      expect(said.FunctionError).toBe("Unhandled");
      expect(answer).toMatchObject({
        errorType: "InvalidInput",
        errorMessage: expect.stringContaining("dryrun"),
      });
    }, 60_000);

    test(
      "a message that reclaim can't understand is received five times, and set aside",
      async () => {
        const queue = ["--queue-url", await idOf("SweepQueue")];
        const dead = ["--queue-url", await idOf("SweepDeadLetters"), "--attribute-names", "All"];
        // Changed after the deploy: an hour of 5 x 720 s is not waited for.
        const visibility = (seconds: number) =>
          aws("sqs", "set-queue-attributes", ...queue, "--attributes", `VisibilityTimeout=${seconds}`);
        await visibility(1);
        await aws("sqs", "send-message", ...queue, "--message-body", "not a message of ours");
        await until(async () => {
          const { Attributes } = await aws("sqs", "get-queue-attributes", ...dead);
          return Attributes.ApproximateNumberOfMessages === "1";
        });
        await visibility(720);
        const deliveries = (await linesOf("reclaim")).flatMap(
          ({ message }) => /^a sweep failed at delivery (\d+)/.exec(message)?.[1] ?? [],
        );
        expect(deliveries).toEqual(["1", "2", "3", "4", "5"]);
      },
      PATIENCE_MILLISECONDS,
    );

    test("an alarm that goes off tells who listens to the topic", async () => {
      const topic = await idOf("AlarmTopic");
      const { QueueUrl } = await aws("sqs", "create-queue", "--queue-name", `${STACK}-listener`);
      const attribute = ["--queue-url", QueueUrl, "--attribute-names", "QueueArn"];
      const { Attributes } = await aws("sqs", "get-queue-attributes", ...attribute);
      const endpoint = ["--protocol", "sqs", "--notification-endpoint", Attributes.QueueArn];
      const { SubscriptionArn } = await aws("sns", "subscribe", "--topic-arn", topic, ...endpoint);
      // By hand: the alarm's own period is five minutes, and most of ours watch metrics that are not there (see the differences).
      const alarm = ["--alarm-name", await idOf("DeadLettersAlarm"), "--state-reason", "by hand"];
      await aws("cloudwatch", "set-alarm-state", ...alarm, "--state-value", "ALARM");
      const received = ["--queue-url", QueueUrl, "--wait-time-seconds", "20"];
      const { Messages } = await aws("sqs", "receive-message", ...received);
      expect(JSON.parse(JSON.parse(Messages[0].Body).Message)).toMatchObject({
        NewStateValue: "ALARM",
        AlarmDescription: "A sweep failed so often that its message was set aside",
      });
      await aws("sns", "unsubscribe", "--subscription-arn", SubscriptionArn);
      await aws("sqs", "delete-queue", "--queue-url", QueueUrl);
    }, 60_000);

    test(
      "schedules call collect, it queues the node, reclaim releases what is leaked and keeps what is used",
      async () => {
        leakedLater = first.leak();
        // The mark is made older than the least age that the product allows, five minutes: nobody waits for them.
        const at = Math.floor(Date.now() / 1000) - 600;
        const older = {
          metadata: { labels: { [LABEL.markedAt]: String(at) } },
          spec: { leak: { firstObservedAt: new Date(at * 1000).toISOString() } },
        };
        await world().cluster.kubectl(["patch", "vip", leaked, "--type=merge", "-p", JSON.stringify(older)]);
        // Changed after the deploy: both fire once a minute. The targets are put again because LocalStack goes by a new schedule
        // only then.
        for (const name of ["CollectEventsRuleSchedule1", "CollectEventsRuleSchedule2"]) {
          const rule = await idOf(name);
          const { Targets } = await aws("events", "list-targets-by-rule", "--rule", rule);
          await aws("events", "put-rule", "--name", rule, "--schedule-expression", "rate(1 minute)");
          await aws("events", "put-targets", "--rule", rule, "--targets", JSON.stringify(Targets));
        }
        await until(async () => !isAssigned(leaked));
        await until(async () => (await vip(leaked)) === undefined);
        await until(async () => (await vip(leakedLater)) !== undefined);
        expect(used.map(isAssigned)).toEqual([true, true]);
        expect([leakedLater, forClean].map(isAssigned)).toEqual([true, true]);
        const runs = (await linesOf("collect")).flatMap(({ summary }) => summary ?? []);
        expect(runs.filter(({ kind }) => kind === "leaks").length).toBeGreaterThanOrEqual(2);
        // The stack's own schedule of five minutes may have come before, with nothing to do.
        const due = runs.filter(({ kind }) => kind === "due");
        expect([...new Set(due.flatMap(({ queued }) => queued ?? []))]).toEqual([first.name]);
        const released = (await linesOf("reclaim")).find(({ message }) => message === "released");
        expect(released?.["audit"]).toMatchObject({ subject: leaked, node: first.name, answer: "done" });
      },
      PATIENCE_MILLISECONDS,
    );

    test(
      "clean, asked again a minute later, releases once",
      async () => {
        const request = { requestId: "first", nodes: [second.name], minimumAgeSeconds: 60, dryRun: false };
        let released: readonly unknown[] = [];
        await until(async () => {
          const { answer } = await invoke(functionName("clean"), request);
          expect(answer.failed).toEqual([]);
          ({ released } = answer);
          return released.length > 0;
        });
        expect(released).toEqual([{ address: forClean, node: second.name, cause: "never-recorded" }]);
        const again = await invoke(functionName("clean"), request);
        expect(again.answer).toMatchObject({ released: [], pending: [], failed: [] });
        expect(isAssigned(forClean)).toBe(false);
        expect(used.map(isAssigned)).toEqual([true, true]);
      },
      PATIENCE_MILLISECONDS,
    );

    test(
      "an instance that was terminated is told to collect",
      async () => {
        const instance = "i-0123456789abcdef0";
        await aws("events", "put-events", "--entries", JSON.stringify([terminated(instance)]));
        await until(async () =>
          (await linesOf("collect")).some(({ summary }) => summary?.kind === "instance-terminated"),
        );
      },
      PATIENCE_MILLISECONDS,
    );

    test("no item failed, and nothing else was set aside", async () => {
      for (const name of FUNCTIONS)
        for (const { summary } of await linesOf(name)) expect(summary?.failed ?? []).toEqual([]);
      const dead = ["--queue-url", await idOf("SweepDeadLetters"), "--attribute-names", "All"];
      const { Attributes } = await aws("sqs", "get-queue-attributes", ...dead);
      expect(Attributes.ApproximateNumberOfMessages).toBe("1");
    }, 60_000);

    sentence("nobody but EC2 sends events of EC2", async () => {
      const entries = ["--entries", JSON.stringify([terminated("i-0123456789abcdef1")])];
      const { FailedEntryCount } = await aws("events", "put-events", ...entries);
      expect(FailedEntryCount).toBe(1);
    });

    sentence("metrics in log lines become metrics", async () => {
      const lines = (await linesOf("collect")).filter((line) => "_aws" in line);
      expect(lines.length).toBeGreaterThan(0);
      const { Metrics } = await aws("cloudwatch", "list-metrics", "--namespace", "EniReclaimer");
      expect(Metrics.length).toBeGreaterThan(0);
    });
  });
}

/** EC2 user guide, "State change events for your instances". */
const terminated = (instance: string) => ({
  Source: "aws.ec2",
  DetailType: "EC2 Instance State-change Notification",
  Detail: JSON.stringify({ "instance-id": instance, state: "terminated" }),
});
