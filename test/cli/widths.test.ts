import { describe, expect, test } from "@jest/globals";
import { distinctly } from "../../src/cli/output/shorten.ts";
import { awsNode, eni, list, node, page, pod } from "./dumps.ts";
import { told } from "./worlds.ts";

const COUNT = 30;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const name = (index: number) => `ip-10-0-1-${100 + index}.eu-west-1.compute.internal`;
const instance = (index: number) => `i-0${String(index).padStart(16, "0")}`;
const dumps = {
  interfaces: page(
    ...numbers.map((index) =>
      eni(
        {
          NetworkInterfaceId: `eni-${index}`,
          PrivateIpAddress: `10.0.1.${100 + index}`,
          SubnetId: `subnet-0123456789abcde${10 + index}`,
          TagSet: [],
          Attachment: { InstanceId: instance(index), Status: "attached", DeviceIndex: 0 },
        },
        [`10.0.2.${100 + index}`],
      ),
    ),
  ),
  pods: list(pod("web", "10.0.2.100", { spec: { nodeName: name(0) } }), awsNode(name(0))),
  nodes: list(...numbers.map((index) => node(name(index), instance(index)))),
};
const planned = (columns?: number) => told(dumps, ["plan"], columns);

describe("the width of a plan", () => {
  test("is what it needs where standard output is no terminal: nothing is cut, no row is left out", async () => {
    const out = await planned();
    expect(out).not.toContain("…");
    for (const index of numbers) expect(out).toContain(name(index));
  });

  test.each([40, 60, 79, 80, 100])(
    "is at most %i columns on such a terminal, with every sentence whole",
    async (columns) => {
      const out = await planned(columns);
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(out.replaceAll(/\s+/g, " ")).toContain("so nothing of it is called leaked.");
    },
  );

  test("explain honours a narrow terminal too", async () => {
    const { interfaces, pods } = dumps;
    const out = await told({ interfaces, pods }, ["explain", "10.0.2.100"], 60);
    expect(out).not.toContain("…");
  });
});

describe("names that are too long", () => {
  test("lose what all of them end with", () => {
    expect(distinctly([name(0), name(1)], 16)).toEqual(["ip-10-0-1-100…", "ip-10-0-1-101…"]);
  });
  test("lose their domain where there is but one", () => {
    expect(distinctly([name(0), name(0)], 16)).toEqual(["ip-10-0-1-100…", "ip-10-0-1-100…"]);
  });
  test("never become equal", () => {
    const names = ["aaaaaaaaaaaa-1-zzzzzzzzzzzz", "aaaaaaaaaaaa-2-zzzzzzzzzzzz"];
    expect(new Set(distinctly(names, 12)).size).toBe(2);
  });
  test("stay where they fit", () => {
    expect(distinctly(["a.b", "c.b"], 3)).toEqual(["a.b", "c.b"]);
  });
});
