import { describe, expect, test } from "@jest/globals";
import type { Sentence } from "../../contract/sentences.ts";
import { aws } from "./aws.ts";
import { roleOf, statementsOf } from "./rights-and-alarms.ts";
import { functionName, idOf, STACK, type Told } from "./stack.ts";

/**
 * @param told what the stack was updated with
 * @param role the name of reclaim's role before
 */
export function describeUpdated(told: () => Told, role: () => string, sentence: Sentence): void {
  describe("a stack that was updated", () => {
    test("is complete, and was told so", async () => {
      const { Stacks } = await aws("cloudformation", "describe-stacks", "--stack-name", STACK);
      expect(Stacks[0].StackStatus).toBe("UPDATE_COMPLETE");
      const parameters = new Map<string, string>(
        Stacks[0].Parameters.map((one: { ParameterKey: string; ParameterValue: string }) => [
          one.ParameterKey.toLowerCase(),
          one.ParameterValue,
        ]),
      );
      for (const [name, value] of Object.entries(told()))
        expect([name, parameters.get(name.toLowerCase())]).toEqual([name, value]);
    });

    test.each(["collect", "reclaim", "clean"] as const)("has told %s", async (name) => {
      const { Environment } = await aws(
        "lambda",
        "get-function-configuration",
        "--function-name",
        functionName(name),
      );
      expect(Environment.Variables).toMatchObject({
        RECLAIMER_KUBECONFIG_PARAMETER: told()["kubeconfigParameter"],
        RECLAIMER_MODE: "release",
        RECLAIMER_MARK_AGE_SECONDS: "300",
        RECLAIMER_MAXIMUM_CONCURRENCY: "3",
      });
    });

    test("sweeps so many nodes at once, and tells the person who wants to know", async () => {
      const uuid = ["--uuid", await idOf("ReclaimEventSourceMappingSQSSweepQueue")];
      const mapping = await aws("lambda", "get-event-source-mapping", ...uuid);
      expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 3 });
      const topic = ["--topic-arn", await idOf("AlarmTopic")];
      const { Subscriptions } = await aws("sns", "list-subscriptions-by-topic", ...topic);
      expect(Subscriptions).toMatchObject([{ Protocol: "email", Endpoint: told()["alarmEmail"] }]);
    });

    test("lets reclaim and clean release what is tagged, and collect nothing", async () => {
      const policies = async (name: string) =>
        (await roleOf(name)).RolePolicyList.map(({ PolicyName }) => PolicyName);
      expect(await policies("ReclaimRole")).toContain("release-what-is-tagged");
      expect(await policies("CleanRole")).toContain("release-what-is-tagged");
      expect(await policies("CollectRole")).toContain("release-nothing");
    });

    sentence("a role that gets another policy stays the same role", async () => {
      expect(await idOf("ReclaimRole")).toBe(role());
    });

    sentence("a managed policy says what the stack's last update says", async () => {
      const kubeconfig = (await statementsOf("ReadPolicy")).find(({ Sid }) => Sid === "ReadTheKubeconfig");
      expect(kubeconfig?.Resource).toContain(told()["kubeconfigParameter"]);
    });
  });
}
