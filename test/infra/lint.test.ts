/** What `npm run lint:infra` makes of what its linters say; what they say of the stack needs them (docs/peers.md). */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ALLOWED } from "../../scripts/lint-infra/allowed.ts";
import { policiesOf } from "../../scripts/lint-infra/documents.ts";
import { judged } from "../../scripts/lint-infra/judged.ts";
import type { Finding } from "../../scripts/lint-infra/linters.ts";
import { packaged, type Template } from "./stack/template.ts";

const STAR: Finding = {
  linter: "parliament",
  issue: "RESOURCE_STAR",
  says: "SomePolicy, SomeSid: ['ec2:X']",
};
const allowing = (where: readonly string[]) => [{ issue: "RESOURCE_STAR", where, why: "because" }];

describe("a finding", () => {
  test("is wrong, and told in a line", () => {
    expect(judged([STAR], [])).toEqual({
      wrong: 1,
      lines: ["parliament RESOURCE_STAR: SomePolicy, SomeSid: ['ec2:X']"],
    });
  });

  test("is passed over where it is allowed, and there alone", () => {
    expect(judged([STAR], allowing(["SomeSid"])).wrong).toBe(0);
    const another = { ...STAR, says: "SomePolicy, AnotherSid: ['ec2:X']" };
    expect(judged([STAR, another], allowing(["SomeSid"])).lines).toEqual([
      expect.stringContaining("AnotherSid"),
    ]);
    expect(judged([{ ...STAR, issue: "MALFORMED" }, STAR], allowing(["SomeSid"])).wrong).toBe(1);
  });

  test("that is allowed and not there any more is wrong as well", () => {
    expect(judged([STAR], allowing(["SomeSid", "OldSid"])).lines).toEqual([
      "allowed.ts: RESOURCE_STAR at OldSid is not found any more: take it out",
    ]);
  });

  test("that is long is cut", () => {
    const { lines } = judged([{ ...STAR, says: "x".repeat(10_000) }], []);
    expect(lines[0]?.length).toBeLessThan(400);
  });
});

test("what is allowed has a reason", () => {
  expect(ALLOWED.filter(({ why, where }) => why.length < 40 || where.length === 0)).toEqual([]);
});

describe("the policies that are linted", () => {
  let template: Template;
  beforeAll(async () => {
    ({ template } = await packaged());
  }, 120_000);

  test("are all that the template has, each with all its statements", () => {
    const linted = JSON.stringify(policiesOf(template));
    const resources = Object.entries(template.Resources).filter(([, { Type }]) =>
      [
        "AWS::IAM::Role",
        "AWS::IAM::ManagedPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::SNS::TopicPolicy",
      ].includes(Type),
    );
    const sids = new Set(JSON.stringify(resources).match(/"Sid":"\w+"/g));
    expect(sids.size).toBeGreaterThan(15);
    expect([...sids].filter((sid) => !linted.includes(sid))).toEqual([]);
    for (const [name] of resources) expect(linted).toContain(`"${name}`);
  });
});
