import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { detached, eni, list, node, page, pod } from "./dumps.ts";
import { cnictl } from "./worlds.ts";

const json = JSON.stringify;
const PODS = json(list(pod("web", "10.0.1.11")));
const ENIS = json(page(eni({}, ["10.0.1.11"])), undefined, 4);

/** Runs both commands on an interface dump and a Pod dump: neither may print anything on standard output. */
async function refusal(enis: string | Uint8Array, pods: string | Uint8Array = PODS): Promise<string> {
  const files = { "enis.json": enis, "pods.json": pods };
  const flags = ["--interfaces", "enis.json", "--pods", "pods.json"];
  const { code, out, err } = await cnictl(["plan", ...flags], files);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^cnictl: [^\n]+\n$/);
  expect(await cnictl(["explain", "10.0.1.11", ...flags], files)).toEqual({ code, out, err });
  return err;
}

const withPage = (change: Record<string, unknown>) => json({ ...page(eni()), ...change });
const nested = (key: string, value: unknown) => json(page(eni({ [key]: value })));

describe("a broken file of interfaces is refused with the file, the place and what to do", () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ["an empty file", "", ["enis.json is empty"]],
    ["white space alone", " \n\n", ["enis.json is empty"]],
    ["a byte order mark alone", Uint8Array.of(0xef, 0xbb, 0xbf), ["enis.json is empty"]],
    ["text that is no list", "hello there", ["enis.json is not JSON", 'begins with "hello there"']],
    ["a message that happens to be YAML", "Error: not found", ["enis.json is not JSON"]],
    [
      "YAML, whole or not",
      stringify(page(eni())),
      ["enis.json is not JSON", "give --output json", "cut off"],
    ],
    [
      "aws's message of missing credentials",
      "\nUnable to locate credentials. You can configure them.\n",
      ["enis.json is a saved error message of aws", "Unable to locate credentials"],
    ],
    [
      "aws's message of a refused call",
      "\nAn error occurred (UnauthorizedOperation) when calling the DescribeNetworkInterfaces operation: no.\n",
      ["a saved error message of aws", "(UnauthorizedOperation)"],
    ],
    ["XML", "<?xml version='1.0'?><a/>", ["XML", "--output json"]],
    ["a binary file", Uint8Array.of(0x7b, 0xff, 0xfe, 0x80), ["not text"]],
    [
      "a file cut off in the middle",
      ENIS.slice(0, ENIS.indexOf('"10.0.1.11"') + 5),
      ["enis.json, line ", "NetworkInterfaces[0].PrivateIpAddresses[1]", "it"],
    ],
    [
      "a file cut off after its last item",
      ENIS.slice(0, ENIS.lastIndexOf("]")),
      ["enis.json, line ", "it is cut off"],
    ],
    [
      "a comma too many",
      '{\n  "NetworkInterfaces": [\n    {},\n  ]\n}',
      ["enis.json, line 4, column 3", "NetworkInterfaces[1]", "a value"],
    ],
    ["a missing comma", '{"NetworkInterfaces": [{} {}]}', ["line 1, column 27", 'stands where "," or "]"']],
    ["a missing colon", '{"NetworkInterfaces" []}', ["line 1, column 22", "a colon"]],
    ["a name without quotes", "{NetworkInterfaces: []}", ["line 1, column 2", "a quoted name"]],
    ["text after the end", `${ENIS}\nwarning: slow`, ["follows the end of a document"]],
    ["a second page that is cut off", `${ENIS}\n${ENIS.slice(0, 90)}`, ["enis.json, document 2, line "]],
    ["a page without its list", "{}", ["no list that cnictl reads", "describe-network-interfaces"]],
    ["a page that has only a token", '{"NextToken": "abc"}', ["no list that cnictl reads", "NextToken"]],
    ["a second page without its list", `${ENIS} {"ResponseMetadata": {}}`, ["document 2", "no list"]],
    [
      "a list that is null",
      withPage({ NetworkInterfaces: null }),
      ["NetworkInterfaces: it is null, not a list"],
    ],
    ["a list that is an object", withPage({ NetworkInterfaces: {} }), ["NetworkInterfaces: it is an object"]],
    ["an empty array", "[]", ["an empty array"]],
    ["an array of texts", '["eni-1"]', ["[0]", '"eni-1"']],
    ["an interface that is null", withPage({ NetworkInterfaces: [null] }), ["NetworkInterfaces[0]"]],
    [
      "an interface without ID",
      nested("NetworkInterfaceId", undefined),
      ["NetworkInterfaces[0].NetworkInterfaceId", "missing"],
    ],
    [
      "an address that is none",
      json(page(eni({}, ["10.0.1.300"]))),
      ["NetworkInterfaces[0].PrivateIpAddresses[1].PrivateIpAddress", "10.0.1.300"],
    ],
    [
      "an address that is a number",
      nested("PrivateIpAddress", 10),
      ["NetworkInterfaces[0].PrivateIpAddress"],
    ],
    ["addresses that are no list", nested("PrivateIpAddresses", "10.0.0.1"), ["PrivateIpAddresses"]],
    [
      "a prefix that is no /28",
      nested("Ipv4Prefixes", [{ Ipv4Prefix: "10.0.0.0/24" }]),
      ["Ipv4Prefixes[0].Ipv4Prefix", "10.0.0.0/24"],
    ],
    [
      "two primaries",
      json(page(eni({ PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: "10.0.1.99" }] }))),
      ["PrivateIpAddresses[0].Primary"],
    ],
    [
      "a page that says that more follows",
      withPage({ NextToken: "eyJ" }),
      ["not complete", "NextToken", "--max-items"],
    ],
    [
      "an error of AWS",
      '{"Error": {"Code": "UnauthorizedOperation", "Message": "You are not authorized"}}',
      ["a saved error message of aws", "UnauthorizedOperation"],
    ],
    ["a Kubernetes list", PODS, ["enis.json is a List of Pod", "give it with --pods"]],
    [
      "a list of nodes",
      json({ ...list(node()), kind: "NodeList" }),
      ["enis.json is a NodeList", "give it with --nodes"],
    ],
    [
      "an empty Kubernetes list",
      json(list()),
      ["enis.json is a List", "--interfaces takes NetworkInterface"],
    ],
    [
      "a list of instances",
      '{"Reservations": [{"Instances": [{"InstanceId": "i-1"}]}]}',
      ["give it with --instances"],
    ],
    ["too deep nesting", `{"NetworkInterfaces": ${"[".repeat(1000)}`, ["nested deeper than"]],
    ["endless nesting", "[".repeat(500_000), ["nested deeper than"]],
    [
      "YAML aliases that explode",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      ["enis.json"],
    ],
  ])("%s", async (_, enis, told) => {
    const err = await refusal(enis);
    for (const part of ["enis.json", ...told]) expect(err).toContain(part);
  });
});

describe("a broken file of Pods is refused", () => {
  const podWith = (status: Record<string, unknown>) => json(list(pod("web", undefined, { status })));
  test.each<[string, string, string[]]>([
    ["an empty file", "", ["pods.json is empty"]],
    [
      "an error of the API",
      '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"pods is forbidden"}',
      ["an error of the Kubernetes API", "Forbidden: pods is forbidden"],
    ],
    ["a list without items", '{"kind":"PodList","apiVersion":"v1","metadata":{}}', ["items", "no items"]],
    ["items that are no list", '{"kind":"List","items":{}}', ["items", "an object"]],
    ["an item that is null", '{"kind":"PodList","items":[null]}', ["items[0]"]],
    ["an item without kind in a List", '{"kind":"List","items":[{}]}', ["items[0]", "no kind"]],
    ["a list of nodes", json(list(node())), ["pods.json is a List of Node", "give it with --nodes"]],
    ["a single node", json(node()), ["pods.json is a single Node", "--nodes"]],
    [
      "a kind that cnictl doesn't read",
      '{"kind":"ServiceList","items":[]}',
      ["a ServiceList", "--pods takes Pod"],
    ],
    [
      "Pods and nodes mixed",
      json(list(pod("web", "10.0.1.11"), node())),
      ["several kinds (Pod, Node; the first Node is items[1])"],
    ],
    ["a table", '{"kind":"Table","rows":[]}', ["a Table doesn't hold whole objects"]],
    ["interfaces", ENIS, ["give it with --interfaces"]],
    [
      "a list with a continue token",
      json({ ...list(pod("web", "10.0.1.11")), metadata: { continue: "abc" } }),
      ["not complete", "metadata.continue", "--limit"],
    ],
    [
      "a list with remaining items",
      json({ ...list(pod("web", "10.0.1.11")), metadata: { remainingItemCount: 3 } }),
      ["not complete", "remainingItemCount"],
    ],
    [
      "an address that is none",
      podWith({ podIP: "10.0.0.256" }),
      ["items[0].status.podIP", "10.0.0.256", "default/web"],
    ],
    [
      "a Pod without UID",
      '{"kind":"PodList","items":[{"metadata":{"name":"web","namespace":"a"},"spec":{}}]}',
      ["items[0].metadata.uid"],
    ],
  ])("%s", async (_, pods, told) => {
    const err = await refusal(ENIS, pods);
    for (const part of ["pods.json", ...told]) expect(err).toContain(part);
  });
});

describe("several files that don't fit together are refused", () => {
  const run = (files: Record<string, string>, flags: string[]) =>
    cnictl(["plan", "-o", "json", ...flags], { pods: PODS, ...files });
  const continued = (first: string, next: string) =>
    run({ enis: ENIS, first, next }, ["--interfaces", "enis", "--pods", "first", "--pods", "next"]);

  test("the same interface twice with different content names the interface", async () => {
    const files = { a: ENIS, b: json(page(eni({}, ["10.0.1.11", "10.0.1.12"]))) };
    const { code, err, out } = await run(files, ["--interfaces", "a", "--interfaces", "b", "--pods", "pods"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("eni-0000000000000001 is also in a, with different content");
  });

  test("but the same interface twice with the same content counts once", async () => {
    const files = { a: ENIS, b: ENIS };
    const { code, out } = await run(files, ["--interfaces", "a", "--interfaces", "b", "--pods", "pods"]);
    expect(code).toBe(0);
    expect(JSON.parse(out).totals).toMatchObject({ interfaces: 1, addresses: 1 });
  });

  test("a continued list followed by a page of another list", async () => {
    const first = json({
      ...list(pod("web", "10.0.1.11")),
      kind: "PodList",
      metadata: { resourceVersion: "7", continue: "abc" },
    });
    const other = json({
      ...list(pod("b", "10.0.1.12")),
      kind: "PodList",
      metadata: { resourceVersion: "9" },
    });
    const { code, err } = await continued(first, other);
    expect(code).toBe(2);
    expect(err).toContain("of another list (resourceVersion 9 after 7)");
  });

  test("a continued list whose further pages hold too few", async () => {
    const meta = { resourceVersion: "7" };
    const first = json({
      ...list(pod("web", "10.0.1.11")),
      kind: "PodList",
      metadata: { ...meta, continue: "abc", remainingItemCount: 5 },
    });
    const last = json({ ...list(pod("b", "10.0.1.12")), kind: "PodList", metadata: meta });
    const { code, err } = await continued(first, last);
    expect(code).toBe(2);
    expect(err).toContain("(5 objects), and the pages after it hold only 1");
  });

  test("a file that is not there, and standard input twice", async () => {
    expect((await run({}, ["--interfaces", "enis", "--pods", "pods"])).err).toContain(
      "enis can't be read: there is no such file",
    );
    const twice = await run({}, ["--interfaces", "-", "--pods", "-"]);
    expect(twice.code).toBe(2);
    expect(twice.err).toContain("standard input (-) is given to --interfaces and to --pods");
  });

  test("a detached interface of another dump alone is accepted", async () => {
    const b = json(page(detached({ NetworkInterfaceId: "eni-2", PrivateIpAddress: "10.0.1.77" })));
    const { code } = await run({ a: ENIS, b }, ["--interfaces", "a", "--interfaces", "b", "--pods", "pods"]);
    expect(code).toBe(0);
  });
});

describe("broken YAML and messages of kubectl are refused in words", () => {
  test.each<[string, string, string[]]>([
    ["endless nesting", "- ".repeat(20_000), ["neither JSON nor YAML"]],
    ["a bracket that is open", "items:\n  - a: [1, 2\n  - b", ["pods.json, line ", "neither JSON nor YAML"]],
    [
      "a wrong indent",
      "items:\n  - a: 1\n b: 2\n",
      ["pods.json, line 3", "a line is indented wrongly: cut off or edited?"],
    ],
    ["a list of Pods that is cut off", stringify(list(pod("a", "10.0.1.11"))).slice(0, 150), ["pods.json"]],
    [
      "a refusal of the server",
      'Error from server (Forbidden): pods is forbidden: User "x" cannot list',
      ["pods.json is a saved error message of kubectl", "(Forbidden)"],
    ],
    ["no server", "The connection to the server localhost:8080 was refused", ["error message of kubectl"]],
    ["a table", "NAMESPACE   NAME   READY\ndefault   web   1/1\n", ["a table of kubectl", "-o json"]],
    ["a Pod without metadata", json({ apiVersion: "v1", kind: "Pod" }), ["metadata", "is missing"]],
    ["a Pod whose metadata is a list", json({ apiVersion: "v1", kind: "Pod", metadata: [] }), ["metadata"]],
  ])("%s", async (_, pods, told) => {
    const err = await refusal(ENIS, pods);
    for (const part of told) expect(err).toContain(part);
    expect(err).not.toMatch(/Invalid input|[A-Z]{3,}_[A-Z]{3,}/);
  });
});
