import { describe, expect, test } from "@jest/globals";
import { answer, byCode, FUNCTIONS, IN_VPC, INTERFACE, type MakeStack, OURS, RELEASE } from "./asked.ts";
import { ofType, properties } from "./stack.ts";

export function describeOtherPermissions(stack: MakeStack): void {
  describe("other permissions", () => {
    test("there is no policy for a VPC where there is no VPC", () => {
      expect(stack().resources.has("VpcAttachmentPolicy")).toBe(false);
      expect(stack(IN_VPC).resources.has("VpcAttachmentPolicy")).toBe(true);
    });

    test.each([
      "ec2:CreateNetworkInterface",
      "ec2:AttachNetworkInterface",
      "ec2:DetachNetworkInterface",
      "ec2:ModifyNetworkInterfaceAttribute",
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ])("no function's code may %s, though its role attaches it to a VPC", (action) => {
      for (const name of FUNCTIONS) {
        const call = byCode(name, { action, resource: INTERFACE, context: OURS });
        expect(answer(stack({ ...RELEASE, ...IN_VPC }), name, call)).toBe("denied");
      }
    });

    test.each([
      "ec2:CreateNetworkInterface",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ])("Lambda itself may %s with each role where there is a VPC, and not where there is none", (action) => {
      for (const name of FUNCTIONS) {
        expect(answer(stack(IN_VPC), name, { action, resource: INTERFACE })).toBe("allowed");
        expect(answer(stack(), name, { action, resource: INTERFACE })).toBe("denied");
      }
    });

    test("every function reads EC2 and its mirror parameter and sends to the queue; collect alone writes the mirror", () => {
      const parameter = "arn:aws:ssm:eu-central-1:111122223333:parameter/eni-reclaimer/blue/mirror";
      for (const name of FUNCTIONS) {
        const may = (action: string, resource: string) =>
          answer(stack(), name, byCode(name, { action, resource }));
        expect(may("ec2:DescribeNetworkInterfaces", "*")).toBe("allowed");
        expect(may("ec2:DescribeInstances", "*")).toBe("allowed");
        expect(may("sqs:SendMessage", "SweepQueue.Arn")).toBe("allowed");
        expect(may("sqs:SendMessage", "SweepDeadLetters.Arn")).toBe("denied");
        expect(may("ssm:GetParameter", parameter)).toBe("allowed");
        expect(may("ssm:GetParameter", `${parameter}:3`)).toBe("allowed");
        expect(may("ssm:GetParameter", `${parameter}-2`)).toBe("denied");
        expect(may("ssm:PutParameter", parameter)).toBe(name === "collect" ? "allowed" : "denied");
        expect(may("ssm:GetParameter", parameter.replace("blue", "green"))).toBe("denied");
        expect(may("ssm:DeleteParameter", parameter)).toBe("denied");
      }
    });

    test("only reclaim receives from the queue", () => {
      const receives = FUNCTIONS.filter(
        (name) =>
          answer(stack(), name, { action: "sqs:ReceiveMessage", resource: "SweepQueue.Arn" }) === "allowed",
      );
      expect(receives).toEqual(["reclaim"]);
    });

    test("each function writes its own log and no other's", () => {
      for (const name of FUNCTIONS)
        for (const other of FUNCTIONS)
          expect(
            answer(stack(), name, {
              action: "logs:PutLogEvents",
              resource: `arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/eni-reclaimer-dev-${other}:log-stream:x`,
            }),
          ).toBe(name === other ? "allowed" : "denied");
    });

    test("each function has a role of its own, within the boundary where there is one", () => {
      const bounded = stack({ PermissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary" });
      for (const name of FUNCTIONS) {
        const title = `${name[0]!.toUpperCase()}${name.slice(1)}`;
        expect(properties(stack(), `${title}LambdaFunction`)["Role"]).toBe(`${title}Role.Arn`);
        expect(properties(bounded, `${title}Role`)["PermissionsBoundary"]).toMatch(/boundary$/);
        expect(properties(stack(), `${title}Role`)).not.toHaveProperty("PermissionsBoundary");
      }
      expect([...ofType(stack(), "AWS::IAM::Role").keys()]).toHaveLength(FUNCTIONS.length);
    });
  });
}
