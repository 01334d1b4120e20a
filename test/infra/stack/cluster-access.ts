import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../functions/config.ts";
import { answer, byCode, environmentsOf, FUNCTIONS, type MakeStack } from "./asked.ts";

const ARN = "arn:aws:eks:eu-central-1:111122223333:cluster/blue";
const NAME = "/eni-reclaimer/blue/kubeconfig";
const PARAMETER = `arn:aws:ssm:eu-central-1:111122223333:parameter${NAME}`;
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/k";
/** The context in which SSM decrypts this parameter (Systems Manager User Guide, "How Parameter Store uses AWS KMS"). */
const BY_SSM = {
  "kms:ViaService": "ssm.eu-central-1.amazonaws.com",
  "kms:EncryptionContext:PARAMETER_ARN": PARAMETER,
};

export function describeClusterAccess(stack: MakeStack): void {
  describe("the way to the cluster", () => {
    const may = (
      more: Record<string, string>,
      action: string,
      resource: string,
      context: Record<string, string> = {},
    ) =>
      new Set(
        FUNCTIONS.map((name) => answer(stack(more), name, byCode(name, { action, resource, context }))),
      );
    const allowed = new Set(["allowed"]);
    const denied = new Set(["denied"]);

    test.each([
      [{}, { kind: "eks", clusterName: "blue" }],
      [{ KubeconfigParameter: NAME }, { kind: "kubeconfig-parameter", parameterName: NAME }],
      [{ KubeconfigPath: "/opt/kubeconfig" }, { kind: "kubeconfig-file", path: "/opt/kubeconfig" }],
    ])("is one of three in the environment of each function: %j", (more, expected) => {
      for (const environment of environmentsOf(stack(more)))
        expect(readConfig(environment).kubernetes).toEqual(expected);
    });

    test("is by EKS where nothing is said: every function may describe its own cluster, and nothing else of EKS", () => {
      expect(may({}, "eks:DescribeCluster", ARN)).toEqual(allowed);
      expect(may({}, "eks:DescribeCluster", ARN.replace("blue", "green"))).toEqual(denied);
      expect(may({}, "eks:DescribeCluster", ARN.replace("blue", "blue-2"))).toEqual(denied);
      for (const action of ["eks:ListClusters", "eks:CreateAccessEntry", "eks:UpdateClusterConfig"])
        expect(may({}, action, ARN)).toEqual(denied);
    });

    test("is by a kubeconfig where one is given: no function asks EKS", () => {
      for (const more of [{ KubeconfigParameter: NAME }, { KubeconfigPath: "/opt/kubeconfig" }])
        expect(may(more, "eks:DescribeCluster", ARN)).toEqual(denied);
    });

    test("every function reads the parameter that is given, and no other; none writes it", () => {
      expect(may({}, "ssm:GetParameter", PARAMETER)).toEqual(denied);
      expect(may({ KubeconfigParameter: NAME }, "ssm:GetParameter", PARAMETER)).toEqual(allowed);
      expect(may({ KubeconfigParameter: NAME }, "ssm:GetParameter", `${PARAMETER}-2`)).toEqual(denied);
      expect(may({ KubeconfigParameter: NAME }, "ssm:PutParameter", PARAMETER)).toEqual(denied);
    });

    test("every function uses the parameter's key where one is given, for this parameter and by SSM alone", () => {
      const withKey = { KubeconfigParameter: NAME, KubeconfigKmsKeyArn: KEY };
      expect(may(withKey, "kms:Decrypt", KEY, BY_SSM)).toEqual(allowed);
      expect(may(withKey, "kms:Encrypt", KEY, BY_SSM)).toEqual(denied);
      expect(may(withKey, "kms:Decrypt", KEY)).toEqual(denied);
      const another = { ...BY_SSM, "kms:EncryptionContext:PARAMETER_ARN": `${PARAMETER}-2` };
      expect(may(withKey, "kms:Decrypt", KEY, another)).toEqual(denied);
      expect(
        may(withKey, "kms:Decrypt", KEY, { ...BY_SSM, "kms:ViaService": "sqs.x.amazonaws.com" }),
      ).toEqual(denied);
      expect(may({ KubeconfigParameter: NAME }, "kms:Decrypt", KEY, BY_SSM)).toEqual(denied);
    });
  });
}
