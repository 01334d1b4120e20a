import { expect, test } from "@jest/globals";
import { awsNode, detached, list, node, page, pod } from "./dumps.ts";
import { cniTags, stock } from "./stock.ts";
import { told } from "./worlds.ts";

test("another CNI's orphans stand in the summary with what they hold, and with a next step", async () => {
  const orphan = (id: string, addresses: readonly string[]) =>
    detached(
      { NetworkInterfaceId: id, PrivateIpAddress: addresses[0], TagSet: cniTags("i-0dead") },
      addresses.slice(1),
    );
  const text = await told({
    interfaces: page(
      stock(["10.0.1.11"]),
      orphan("eni-7", ["10.0.1.70", "10.0.1.71"]),
      orphan("eni-8", ["10.0.1.80"]),
    ),
    pods: list(pod("web", "10.0.1.11"), awsNode()),
  });
  expect(text).toContain("2 look orphaned (another CNI's), holding 3 addresses");
  expect(text).toMatch(/INTERFACE +LOOKS +ADDRS/);
  expect(text).toContain("Next: look again whether it is still detached");
});

test("numbers and nouns agree, and nodes that are not on EC2 are called so", async () => {
  const fargate = {
    ...node("fargate-ip-10-0-9-9", "x"),
    spec: { providerID: "aws:///eu-west-1a/1/fargate-ip-10-0-9-9" },
  };
  const text = await told({
    interfaces: page(stock(["10.0.1.11"])),
    pods: list(awsNode()),
    nodes: list(node(), fargate),
  });
  expect(text).toContain("1 address on 1 interface, 1 node (and 1 not on EC2), 1 Pod");
  expect(text).not.toContain("has none");
});

test("names from dumps can't steer the terminal", async () => {
  const evil = node("ip-\u001b[2J\u0007", "i-0aaaaaaaaaaaaaaa1", {
    "eks.amazonaws.com/nodegroup": "\u001b]0;x\u0007",
  });
  const out = await told({
    interfaces: page(stock(["10.0.1.11"])),
    pods: list(pod("web", "10.0.1.11")),
    nodes: list(evil),
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
