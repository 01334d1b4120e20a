import { beforeAll, describe, expect, test } from "@jest/globals";
import { describeAlarms } from "./stack/alarms.ts";
import type { MakeStack } from "./stack/asked.ts";
import { describeClusterAccess } from "./stack/cluster-access.ts";
import { describeFunctions } from "./stack/functions.ts";
import { describeOtherPermissions } from "./stack/other-permissions.ts";
import { describePartitions } from "./stack/partitions.ts";
import { describeQueue } from "./stack/queue.ts";
import { describeRelease } from "./stack/release-permissions.ts";
import { REQUIRED, stackOf } from "./stack/stack.ts";
import { describeTelling } from "./stack/telling.ts";
import { type Packaged, packaged } from "./stack/template.ts";

let made: Packaged;
beforeAll(async () => {
  made = await packaged();
}, 120_000);
const stack: MakeStack = (more = {}) => stackOf(made.template, { ...REQUIRED, ...more });

describe("packaging", () => {
  test("makes one artefact for each function", () => {
    expect(made.files).toEqual(expect.arrayContaining(["collect.zip", "reclaim.zip", "clean.zip"]));
  });

  test("asks for the cluster, its UID and its VPC, and takes nothing that isn't one", () => {
    for (const name of Object.keys(REQUIRED)) {
      const { Default, AllowedPattern } = made.template.Parameters[name]!;
      expect(Default).toBeUndefined();
      expect(REQUIRED[name]).toMatch(new RegExp(`^(?:${AllowedPattern})$`));
      expect("").not.toMatch(new RegExp(`^(?:${AllowedPattern})$`));
    }
  });
});

describeRelease(stack);
describeOtherPermissions(stack);
describeClusterAccess(stack);
describeFunctions(stack);
describeQueue(stack);
describeAlarms(stack);
describeTelling(stack);
describePartitions(stack);
