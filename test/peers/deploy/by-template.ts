import { beforeAll, describe, expect, test } from "@jest/globals";
import { ofType, properties, type Stack, stackOf } from "../../infra/stack/stack.ts";
import type { Template } from "../../infra/stack/template.ts";
import { aws } from "./aws.ts";
import { STACK, type Told } from "./stack.ts";

/** What LocalStack leaves out (stack-differences.ts), in the template that CloudFormation was given for this very stack. */
export function describeByTemplate(told: () => Told): void {
  describe("the template of the stack says instead, what LocalStack leaves out:", () => {
    let template: Template;
    let stack: Stack;
    beforeAll(async () => {
      const asked = ["--stack-name", STACK, "--template-stage", "Original"];
      template = (await aws("cloudformation", "get-template", ...asked)).TemplateBody;
      const parameters = Object.entries(told()).map(([name, value]) => [
        name[0]?.toUpperCase() + name.slice(1),
        value,
      ]);
      stack = stackOf(template, Object.fromEntries(parameters));
    });

    test("log groups keep their lines for 90 days", () => {
      const groups = [...ofType(stack, "AWS::Logs::LogGroup").values()];
      expect(groups.map(({ Properties }) => Properties["RetentionInDays"])).toEqual([90, 90, 90]);
    });

    test("after the update reclaim and clean release what is tagged, and collect nothing", () => {
      const policies = (name: string) =>
        (properties(stack, name)["Policies"] as { PolicyName: string }[]).map(({ PolicyName }) => PolicyName);
      expect(policies("ReclaimRole")).toContain("release-what-is-tagged");
      expect(policies("CleanRole")).toContain("release-what-is-tagged");
      expect(policies("CollectRole")).toContain("release-nothing");
    });

    test("after the update the functions may read the kubeconfig where it is now", () => {
      const { PolicyDocument } = properties(stack, "ReadPolicy") as {
        PolicyDocument: { Statement: { Sid: string; Resource: string }[] };
      };
      const kubeconfig = PolicyDocument.Statement.find(({ Sid }) => Sid === "ReadTheKubeconfig");
      expect(kubeconfig?.Resource).toMatch(new RegExp(`parameter${told()["kubeconfigParameter"]}$`));
    });

    test("what must be said is asked for by patterns", () => {
      for (const name of ["ClusterName", "ClusterUid", "VpcId"])
        expect(template.Parameters[name]).toMatchObject({ AllowedPattern: expect.any(String) });
    });
  });

  test("the stack itself has the tag that CloudFormation hands on to what is in it", async () => {
    const { Stacks } = await aws("cloudformation", "describe-stacks", "--stack-name", STACK);
    expect(Stacks[0].Tags).toContainEqual({ Key: "vpcip.dev/component", Value: "eni-reclaimer" });
  });
}
