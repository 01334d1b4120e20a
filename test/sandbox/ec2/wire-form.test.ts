import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { XMLParser } from "fast-xml-parser";
import { OUTPUTS } from "../../../src/sandbox/ec2/query/outputs.ts";
import { errorDocument, responseDocument } from "../../../src/sandbox/ec2/query/xml.ts";
import { world } from "./world.ts";

/** EC2's documents as botocore's tests hold them; they lie beside the checkout and are not part of it. */
const INPUTS = join(import.meta.dirname, "../../../../shared/inputs");
const ANSWER = join(INPUTS, "botocore-responses-ec2-describe-network-interfaces.xml");
const ERROR = join(INPUTS, "botocore-errors-ec2-describe-instances.xml");
const ifThere = existsSync(ANSWER) && existsSync(ERROR) ? test : test.skip;

/** The names on every path to a value, without the positions in lists. */
function paths(value: unknown, at = ""): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((one) => [...paths(one, at)]));
  if (typeof value !== "object" || value === null) return new Set([at]);
  return new Set(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("@") && !key.startsWith("?"))
      .flatMap(([key, one]) => [...paths(one, `${at}/${key}`)]),
  );
}

const parse = (xml: string) => paths(new XMLParser({ ignoreAttributes: true }).parse(xml));

describe(`the wire form against the recorded documents (skipped where ${ANSWER} is absent)`, () => {
  ifThere("every element of the recorded DescribeNetworkInterfaces answer is in the simulator's", () => {
    const { ec2, interfaceID } = world();
    ec2.seed.assign(interfaceID, 2);
    const output = ec2.call("DescribeNetworkInterfaces", {});
    const ours = parse(
      responseDocument("DescribeNetworkInterfaces", "id", OUTPUTS.DescribeNetworkInterfaces(output)),
    );
    const recorded = parse(readFileSync(ANSWER, "utf8"));
    expect(recorded.size).toBeGreaterThan(20);
    expect([...recorded].filter((path) => !ours.has(path))).toEqual([]);
  });

  ifThere("the error document has exactly the recorded elements", () => {
    const ours = parse(errorDocument("InvalidInstanceID.Malformed", 'Invalid id: "foobar"', "id"));
    expect(ours).toEqual(parse(readFileSync(ERROR, "utf8")));
  });

  test("a page of a thousand interfaces is rendered once for each version of an interface", () => {
    const { ec2, subnetID } = world({}, "10.0.0.0/18");
    for (let index = 0; index < 999; index++) ec2.seed.createInterface({ subnetID, secondary: 12 });
    const page = () =>
      OUTPUTS.DescribeNetworkInterfaces(ec2.call("DescribeNetworkInterfaces", { MaxResults: 1000 }));
    const first = page();
    expect(first.match(/<networkInterfaceId>/g)).toHaveLength(1000);
    expect(page()).toBe(first);
  });
});
