import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { LOCALSTACK_ASSIGNER, LOCALSTACK_CLOUD, LOCALSTACK_EC2 } from "./localstack/ec2-differences.ts";
import { LOCALSTACK_STACK } from "./localstack/stack-differences.ts";

test("docs/peers.md lists each difference of LocalStack with its page", () => {
  const doc = readFileSync(new URL("../../docs/peers.md", import.meta.url), "utf8");
  const rows = doc.split("\n").flatMap((line) => {
    const [, sentence, does, page] = /^\| (.*?) +\| (.*?) +\| <(.*)> +\|$/.exec(line) ?? [];
    return sentence === undefined ? [] : [[sentence, does, page]];
  });
  const listed = Object.entries({
    ...LOCALSTACK_EC2,
    ...LOCALSTACK_CLOUD,
    ...LOCALSTACK_ASSIGNER,
    ...LOCALSTACK_STACK,
  });
  expect(rows).toEqual(listed.map(([sentence, { does, page }]) => [sentence, does, page]));
});
