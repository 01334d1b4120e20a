import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { detached, eni, instances, list, node, page, pod } from "./dumps.ts";
import { cnictl } from "./worlds.ts";

const json = JSON.stringify;
const one = eni({}, ["10.0.1.11"]);
const two = detached({ NetworkInterfaceId: "eni-2", PrivateIpAddress: "10.0.1.77" });
const PODS = json(list(pod("web", "10.0.1.11")));

async function totals(
  files: Record<string, string | Uint8Array>,
  flags: string[],
  standardInput: string | Uint8Array = "",
) {
  const { code, out, err } = await cnictl(["plan", "-o", "json", ...flags], files, standardInput);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out).totals;
}

const utf16 = (text: string, mark: boolean) =>
  new Uint8Array(Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le"));

describe("every form in which the tools print interfaces is read", () => {
  test.each<[string, string | Uint8Array]>([
    ["one page", json(page(one, two))],
    ["pages in a row", `${json(page(one), undefined, 4)}\n${json(page(two), undefined, 4)}\n`],
    ["pages without a space between", json(page(one)) + json(page(two))],
    [
      "a page with a token, and the page that it leads to",
      json({ ...page(one), NextToken: "abc" }) + json(page(two)),
    ],
    ["a page whose token is null", json({ ...page(one, two), NextToken: null })],
    ["an array of pages", json([page(one), page(two)])],
    ["an array of interfaces", json([one, two])],
    ["one interface a line", `${json(one)}\n${json(two)}\n`],
    ["a JSON text sequence", `\u001e${json(page(one))}\n\u001e${json(page(two))}\n`],
    ["a byte order mark", `\ufeff${json(page(one, two))}`],
    ["UTF-16 with a mark", utf16(json(page(one, two)), true)],
    ["UTF-16 without", utf16(json(page(one, two)), false)],
    ["Windows line ends", json(page(one, two), undefined, 2).replaceAll("\n", "\r\n")],
    ["quotes and brackets in texts", json(page({ ...one, Description: 'a "b\\" ] } c\\\\' }, two))],
    ["the response's metadata", json({ ...page(one, two), ResponseMetadata: { RequestId: "r" } })],
  ])("%s", async (_, enis) => {
    expect(await totals({ enis, pods: PODS }, ["--interfaces", "enis", "--pods", "pods"])).toMatchObject({
      interfaces: 2,
      addresses: 1,
      pods: 1,
    });
    expect(await totals({ pods: PODS }, ["--interfaces", "-", "--pods", "pods"], enis)).toMatchObject({
      interfaces: 2,
      addresses: 1,
    });
  });
});

describe("every form in which the tools print Pods is read", () => {
  const a = pod("a", "10.0.1.11");
  const b = pod("b", "10.0.1.10", { spec: { hostNetwork: true } });
  const bare = ({ metadata, spec, status }: Record<string, unknown>) => ({ metadata, spec, status });
  const podList = (metadata: object, ...items: object[]) => ({
    kind: "PodList",
    apiVersion: "v1",
    metadata,
    items,
  });
  test.each<[string, string]>([
    ["a List", json(list(a, b))],
    ["a PodList whose items carry no kind", json(podList({ resourceVersion: "5" }, bare(a), bare(b)))],
    ["single Pods in a row", json(a) + json(b)],
    ["an array of Pods", json([a, b])],
    [
      "pages of one list",
      json(podList({ resourceVersion: "5", continue: "x", remainingItemCount: 1 }, a)) +
        json(podList({ resourceVersion: "5" }, b)),
    ],
    ["YAML of a List", stringify(list(a, b))],
    ["YAML documents of single Pods", `${stringify(a)}---\n${stringify(b)}`],
    ["a List in several files", json(list(a, b))],
  ])("%s", async (_, pods) => {
    expect(
      await totals({ enis: json(page(one)), pods }, ["--interfaces", "enis", "--pods", "pods"]),
    ).toMatchObject({ pods: 2 });
  });

  test("empty lists of the other kinds are lists", async () => {
    const empty = json(list());
    const files = { enis: json(page(one)), pods: PODS, empty };
    const flags = [
      "--interfaces",
      "enis",
      "--pods",
      "pods",
      "--vips=empty",
      "--necs=empty",
      "--claims=empty",
      "--nodes=empty",
    ];
    expect(await totals(files, flags)).toMatchObject({ released: 0, addresses: 1 });
  });

  test("nodes and instances are read beside them", async () => {
    const files = {
      enis: json(page(one)),
      pods: PODS,
      nodes: json(list(node())),
      instances: json(instances({ "i-0aaaaaaaaaaaaaaa1": "running" })),
    };
    expect(
      await totals(
        files,
        Object.keys(files).flatMap((file) => [`--${file === "enis" ? "interfaces" : file}`, file]),
      ),
    ).toMatchObject({ nodes: 1 });
  });
});

test("fields that EC2 has added since, and kinds of interfaces that it may add, are read", async () => {
  const modern = {
    ...one,
    Association: { PublicIp: "3.1.2.3" },
    EnaSrdSpecification: { EnaSrdEnabled: true },
    Ipv6Prefixes: [{ Ipv6Prefix: "2600:1f13::/80" }],
    Ipv6Addresses: [{ Ipv6Address: "2600:1f13::1", IsPrimaryIpv6: true }],
    Operator: { Managed: false, HiddenByDefault: false },
    AssociatedSubnets: ["subnet-9"],
    DenyAllIgwTraffic: false,
    SomethingNew: [{ Deeply: { Nested: true } }],
  };
  const types = [
    "efa-only",
    "branch",
    "trunk",
    "evs",
    "natGateway",
    "nat_gateway",
    "quicksight",
    "a_kind_of_next_year",
  ];
  const others = types.map((InterfaceType, index) => ({
    ...two,
    InterfaceType,
    NetworkInterfaceId: `eni-9${index}`,
  }));
  const only6 = {
    ...two,
    NetworkInterfaceId: "eni-6",
    PrivateIpAddress: undefined,
    PrivateIpAddresses: [],
    Ipv6Native: true,
  };
  const files = { enis: json(page(modern, ...others, only6)), pods: PODS };
  expect(await totals(files, ["--interfaces", "enis", "--pods", "pods"])).toMatchObject({
    interfaces: 10,
    released: 0,
    orphansDeleted: 0,
  });
});
