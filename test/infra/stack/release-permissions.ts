import { describe, expect, test } from "@jest/globals";
import {
  answer,
  byCode,
  FUNCTIONS,
  IN_VPC,
  INTERFACE,
  type MakeStack,
  OURS,
  RELEASE,
  TAG,
  VPC,
} from "./asked.ts";

export function describeRelease(stack: MakeStack): void {
  describe("a release", () => {
    const releases = ["ec2:UnassignPrivateIpAddresses", "ec2:DeleteNetworkInterface"];

    describe.each(releases)("%s", (action) => {
      test.each(["reclaim", "clean"] as const)(
        "%s may on an interface of its own cluster in mode release",
        (name) => {
          const call = byCode(name, { action, resource: INTERFACE, context: OURS });
          expect(answer(stack(RELEASE), name, call)).toBe("allowed");
          expect(answer(stack({ ...RELEASE, ...IN_VPC }), name, call)).toBe("allowed");
        },
      );

      test.each([
        ["another cluster's", { ...OURS, [TAG]: "99999999-2222-3333-4444-555555555555" }],
        ["an untagged", { [VPC]: OURS[VPC] }],
        ["another VPC's", { ...OURS, [VPC]: OURS[VPC].replace("vpc-0", "vpc-9") }],
        ["a strange", { [TAG]: OURS[TAG] }],
      ])("nobody may on %s interface, in a VPC or not", (_, context) => {
        for (const name of FUNCTIONS)
          for (const network of [{}, IN_VPC])
            expect(
              answer(
                stack({ ...RELEASE, ...network }),
                name,
                byCode(name, { action, resource: INTERFACE, context }),
              ),
            ).toBe("denied");
      });

      test("no role may on another cluster's interface even where it isn't a function's code that asks", () => {
        for (const name of FUNCTIONS)
          for (const context of [{}, { ...OURS, [TAG]: "99999999-2222-3333-4444-555555555555" }])
            expect(answer(stack(RELEASE), name, { action, resource: INTERFACE, context })).toBe("denied");
      });

      test("reclaim and clean may in a VPC that another account shares", () => {
        const context = { ...OURS, [VPC]: OURS[VPC].replace("111122223333", "444455556666") };
        for (const name of ["reclaim", "clean"] as const) {
          const call = byCode(name, { action, resource: INTERFACE, context });
          expect(answer(stack(RELEASE), name, call)).toBe("allowed");
        }
      });

      test("nobody may in mode observe, which is the default", () => {
        for (const name of FUNCTIONS)
          for (const network of [{}, IN_VPC])
            expect(
              answer(stack(network), name, byCode(name, { action, resource: INTERFACE, context: OURS })),
            ).toBe("denied");
      });

      test("collect never may", () => {
        const call = byCode("collect", { action, resource: INTERFACE, context: OURS });
        for (const network of [{}, IN_VPC])
          expect(answer(stack({ ...RELEASE, ...network }), "collect", call)).toBe("denied");
      });
    });
  });
}
