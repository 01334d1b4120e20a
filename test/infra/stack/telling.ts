import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../functions/config.ts";
import { answer, byCode, environmentsOf, FUNCTIONS, type MakeStack } from "./asked.ts";
import { ofType, properties } from "./stack.ts";

const OWN = "arn:aws:sns:eu-central-1:111122223333:people";
const MADE = "ref:AlarmTopic";
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/k";
const EMAIL = { AlarmEmail: "people@example.test" };

export function describeTelling(stack: MakeStack): void {
  describe("telling people", () => {
    const may = (
      more: Record<string, string>,
      action: string,
      resource: string,
      context: Record<string, string> = {},
    ) => [
      ...new Set(
        FUNCTIONS.map((name) => answer(stack(more), name, byCode(name, { action, resource, context }))),
      ),
    ];

    test.each([
      ["nobody asked for it", {}, [], ["denied"], ["denied"]],
      ["somebody gets mail", EMAIL, [MADE], ["allowed"], ["denied"]],
      ["there is an own topic", { AlarmTopicArn: OWN }, [OWN], ["denied"], ["allowed"]],
      ["there are both", { ...EMAIL, AlarmTopicArn: OWN }, [OWN], ["denied"], ["allowed"]],
    ])("where %s: the functions tell %j, and may tell no other topic", (_, more, told, made, own) => {
      const named = environmentsOf(stack(more)).flatMap((one) => one["RECLAIMER_ALARM_TOPIC_ARN"] ?? []);
      expect([...new Set(named)]).toEqual(told);
      expect(may(more, "sns:Publish", MADE)).toEqual(made);
      expect(may(more, "sns:Publish", OWN)).toEqual(own);
      expect(may(more, "sns:Publish", `${OWN}-2`)).toEqual(["denied"]);
      expect(may(more, "sns:Subscribe", OWN)).toEqual(["denied"]);
    });

    test("an own topic is one that the functions take", () => {
      for (const environment of environmentsOf(stack({ AlarmTopicArn: OWN })))
        expect(readConfig(environment).alarmTopicARN).toBe(OWN);
    });

    test("by an own topic everything is told there, CloudWatch's alarms and mail too, and no other is made", () => {
      const made = stack({ ...EMAIL, AlarmTopicArn: OWN });
      expect([...ofType(made, "AWS::SNS::Topic"), ...ofType(made, "AWS::SNS::TopicPolicy")]).toEqual([]);
      expect(properties(made, "AlarmEmailSubscription")["TopicArn"]).toBe(OWN);
      for (const [, { Properties }] of ofType(made, "AWS::CloudWatch::Alarm"))
        expect([Properties["AlarmActions"], Properties["OKActions"]]).toEqual([[OWN], [OWN]]);
    });

    test("the functions use the topic's key by SNS alone, and only where they tell it anything", () => {
      const bySNS = { "kms:ViaService": "sns.eu-central-1.amazonaws.com" };
      const withKey = { ...EMAIL, KmsKeyArn: KEY };
      for (const action of ["kms:GenerateDataKey", "kms:Decrypt"]) {
        expect(may(withKey, action, KEY, bySNS)).toEqual(["allowed"]);
        expect(may(withKey, action, KEY)).toEqual(["denied"]);
        expect(may({ KmsKeyArn: KEY }, action, KEY, bySNS)).toEqual(["denied"]);
        expect(may(EMAIL, action, KEY, bySNS)).toEqual(["denied"]);
      }
      expect(properties(stack(withKey), "AlarmTopic")["KmsMasterKeyId"]).toBe(KEY);
    });
  });
}
