import { afterEach, describe, expect, it } from "@jest/globals";
import { createCloudReader } from "../../../src/adapters/ec2/reader.ts";
import { type Endpoint, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { accessTo } from "./access.ts";
import { failure, interfaceItem, interfacePage, response } from "./ec2-xml.ts";

let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

async function reader(script: Script, more: { vpcID?: string; serverAhead?: number } = {}) {
  const clock = fakeClock();
  endpoint = await startEndpoint(() => clock.now() + (more.serverAhead ?? 0), script);
  const access = accessTo(endpoint.url, clock);
  const cloud = createCloudReader({
    ...access,
    ...(more.vpcID === undefined ? {} : { vpcID: more.vpcID }),
  });
  return { cloud, clock, serverTime: access.serverTime, requests: endpoint.requests };
}

const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
const attached = (instanceID: string) =>
  `<attachment><instanceId>${instanceID}</instanceId><status>attached</status></attachment>`;
const tagged = (key: string, value: string) =>
  `<tagSet><item><key>${key}</key><value>${value}</value></item></tagSet>`;

/** Pages of one interface each; the token names the page. */
const pages =
  (count: number): Script =>
  ({ form }) => {
    const page = Number(form.get("NextToken")?.replace("page-", "") ?? 0);
    return interfacePage([interfaceItem(`eni-${page}`)], page + 1 < count ? `page-${page + 1}` : undefined);
  };

const instances = (states: Readonly<Record<string, string>>) =>
  response(
    "DescribeInstances",
    `<reservationSet>${Object.entries(states)
      .map(
        ([id, state]) =>
          `<item><instancesSet><item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState></item></instancesSet></item>`,
      )
      .join("")}</reservationSet>`,
  );

describe("CloudReader", () => {
  it("lists the interfaces of its VPC in pages of 1,000", async () => {
    const { cloud, requests } = await reader(pages(1), { vpcID: "vpc-1" });
    expect(ids(await cloud.listInterfaces())).toEqual(["eni-0"]);
    expect(Object.fromEntries(requests[0]!.form)).toEqual({
      Action: "DescribeNetworkInterfaces",
      Version: "2016-11-15",
      MaxResults: "1000",
      "Filter.1.Name": "vpc-id",
      "Filter.1.Value.1": "vpc-1",
    });
  });

  it("H46 reads page 2 and the last item", async () => {
    const { cloud, requests } = await reader(pages(3));
    expect(ids(await cloud.listInterfaces())).toEqual(["eni-0", "eni-1", "eni-2"]);
    expect(requests).toHaveLength(3);
  });

  it("H46 reads on after an empty page, and ends at an empty token", async () => {
    const { cloud } = await reader((_, index) =>
      index === 0 ? interfacePage([], "more") : interfacePage([interfaceItem("eni-last")], ""),
    );
    expect(ids(await cloud.listInterfaces())).toEqual(["eni-last"]);
  });

  it("H08 gives no list when its second page fails", async () => {
    const { cloud } = await reader((_, index) =>
      index === 0 ? interfacePage([interfaceItem("eni-0")], "more") : failure("InvalidPaginationToken"),
    );
    await expect(cloud.listInterfaces()).rejects.toMatchObject({ name: "CloudError", kind: "refused" });
  });

  it("H08 gives no list when a token comes again", async () => {
    const { cloud } = await reader((_, index) =>
      interfacePage([interfaceItem(`eni-${index}`)], `page-${index % 2}`),
    );
    await expect(cloud.listInterfaces()).rejects.toMatchObject({ kind: "unreadable" });
  });

  it.each<[string, Script]>([
    ["an answer without its list", () => response("DescribeNetworkInterfaces", "")],
    ["somebody else's page", () => ({ body: "<html><body>login</body></html>" })],
    ["an empty body", () => ({ body: "" })],
    ["no XML", () => ({ body: "{}" })],
    [
      "an answer cut off",
      () => ({ body: interfacePage([interfaceItem("eni-1")]).body!.split("</networkInterfaceSet>")[0]! }),
    ],
    ["an interface without ID", () => interfacePage(["<item/>"])],
    [
      "an address that is none",
      () => interfacePage([interfaceItem("eni-1", "<privateIpAddress>10.0.0.256</privateIpAddress>")]),
    ],
    [
      "an interface whose addresses are missing",
      () => interfacePage([interfaceItem("eni-1", "<privateIpAddress>10.0.0.4</privateIpAddress>")]),
    ],
  ])("H17 gives no list for %s", async (_, script) => {
    const { cloud } = await reader(script);
    await expect(cloud.listInterfaces()).rejects.toMatchObject({ name: "CloudError", kind: "unreadable" });
  });

  it("gives an empty list where EC2 says that it is empty", async () => {
    const { cloud } = await reader(() => interfacePage([]));
    expect(await cloud.listInterfaces()).toEqual([]);
  });

  it.each([
    ["UnauthorizedOperation", 403, "forbidden"],
    ["InvalidParameterValue", 400, "refused"],
  ])("H05 throws %s at once", async (code, status, kind) => {
    const { cloud, requests } = await reader(() => failure(code, status));
    await expect(cloud.listInterfaces()).rejects.toMatchObject({ name: "CloudError", kind });
    expect(requests).toHaveLength(1);
  });

  it.each<[string, Script, string]>([
    ["throttling", () => failure("RequestLimitExceeded", 503), "throttled"],
    ["an internal error", () => failure("InternalError", 500), "unreachable"],
    ["a reset connection", () => reset, "unreachable"],
  ])("H05 throws %s after three tries with pauses", async (_, script, kind) => {
    const { cloud, clock, requests } = await reader(script);
    await expect(cloud.listInterfaces()).rejects.toMatchObject({ name: "CloudError", kind });
    expect(requests).toHaveLength(3);
    expect(clock.slept).toHaveLength(2);
    expect(clock.slept[1]).toBeGreaterThanOrEqual(400);
  });

  it("goes on after a failure that passes", async () => {
    const { cloud } = await reader((request, index) =>
      index % 2 === 0 ? failure("RequestLimitExceeded", 503) : pages(2)(request, index),
    );
    expect(ids(await cloud.listInterfaces())).toEqual(["eni-0", "eni-1"]);
  });

  it("counts an interface once that two pages show, by the later look", async () => {
    const { cloud } = await reader((_, index) =>
      interfacePage(
        [interfaceItem("eni-0", `<status>${index === 0 ? "available" : "in-use"}</status>`)],
        index === 0 ? "more" : undefined,
      ),
    );
    expect(await cloud.listInterfaces()).toMatchObject([{ id: "eni-0", status: "in-use" }]);
  });

  it("reads the interfaces of one instance", async () => {
    const { cloud, requests } = await reader(() => interfacePage([interfaceItem("eni-1", attached("i-1"))]));
    expect(ids(await cloud.interfacesOfInstance("i-1"))).toEqual(["eni-1"]);
    expect(requests[0]!.form.get("Filter.1.Name")).toBe("attachment.instance-id");
    expect(requests[0]!.form.get("Filter.1.Value.1")).toBe("i-1");
  });

  it("reads the detached interfaces whose tag names the instance", async () => {
    const tag = tagged("vpcip.dev/instance-id", "i-1");
    const { cloud, requests } = await reader(() =>
      interfacePage([interfaceItem("eni-1", attached("i-1") + tag), interfaceItem("eni-2", tag)]),
    );
    expect(ids(await cloud.detachedInterfacesOf("i-1"))).toEqual(["eni-2"]);
    expect(requests[0]!.form.get("Filter.1.Name")).toBe("tag:vpcip.dev/instance-id");
  });

  it("reads interfaces by ID in filters of 200, so that a missing one fails nothing", async () => {
    const wanted = Array.from({ length: 401 }, (_, index) => `eni-${index}`);
    const { cloud, requests } = await reader(({ form }) =>
      interfacePage(
        [...form.entries()]
          .filter(([key]) => /Value/.test(key))
          .map(([, id]) => interfaceItem(id))
          .slice(1),
      ),
    );
    const found = await cloud.interfacesByID([...wanted, "eni-0"]);
    expect(found).toHaveLength(398);
    expect(requests.map(({ form }) => [...form.keys()].filter((key) => /Value/.test(key)).length)).toEqual([
      200, 200, 1,
    ]);
  });

  it.each<[string, (cloud: Awaited<ReturnType<typeof reader>>["cloud"]) => Promise<unknown>]>([
    ["of another instance", (cloud) => cloud.interfacesOfInstance("i-1")],
    ["with another ID", (cloud) => cloud.interfacesByID(["eni-1"])],
    ["of another tag", (cloud) => cloud.detachedInterfacesOf("i-1")],
  ])("gives no interfaces where EC2 answers one %s: the filter was ignored", async (_, read) => {
    const { cloud } = await reader(() => interfacePage([interfaceItem("eni-2", attached("i-2"))]));
    await expect(read(cloud)).rejects.toMatchObject({ kind: "unreadable" });
  });

  it("asks nothing where nothing is wanted", async () => {
    const { cloud, requests } = await reader(pages(1));
    expect(await cloud.interfacesByID([])).toEqual([]);
    expect(await cloud.instanceStates([])).toEqual(new Map());
    expect(requests).toEqual([]);
  });

  it("tells the state of each instance, and not-found of those that EC2 doesn't know", async () => {
    const { cloud, requests } = await reader(() =>
      instances({ "i-1": "running", "i-2": "terminated", "i-3": "dreaming" }),
    );
    expect(await cloud.instanceStates(["i-1", "i-2", "i-3", "i-4"])).toEqual(
      new Map([
        ["i-1", "running"],
        ["i-2", "terminated"],
        ["i-3", "unknown"],
        ["i-4", "not-found"],
      ]),
    );
    expect(requests[0]!.form.get("Filter.1.Name")).toBe("instance-id");
  });

  it.each<[string, Script]>([
    ["EC2 fails", () => failure("InternalError", 500)],
    ["its answer lacks the list", () => response("DescribeInstances", "")],
    ["it answers another instance", () => instances({ "i-9": "terminated" })],
    ["it refuses with InvalidInstanceID.NotFound", () => failure("InvalidInstanceID.NotFound")],
    ["the endpoint answers 404", () => ({ status: 404 })],
  ])("H05 never says not-found where %s", async (_, script) => {
    const { cloud } = await reader(script);
    await expect(cloud.instanceStates(["i-1"])).rejects.toMatchObject({ name: "CloudError" });
  });

  it("takes note of EC2's time, also from a failure", async () => {
    const near = await reader(() => failure("InvalidParameterValue"));
    await expect(near.cloud.listInterfaces()).rejects.toThrow();
    expect(near.serverTime.isNearOwn()).toBe(true);
    await endpoint?.stop();
    const far = await reader(pages(1), { serverAhead: 120_000 });
    await far.cloud.listInterfaces();
    expect(far.serverTime.isNearOwn()).toBe(false);
  });

  it("signs with own time and tells its run", async () => {
    const { cloud, requests } = await reader(pages(2), { serverAhead: -600_000 });
    await cloud.listInterfaces();
    expect(requests.map(({ headers }) => headers["x-amz-date"])).toEqual([
      "20310506T070809Z",
      "20310506T070809Z",
    ]);
    expect(requests[1]!.headers["user-agent"]).toMatch(
      /(^| )eni-reclaimer\/1\.2\.3 .*run\/run-7|run\/run-7 .*eni-reclaimer\/1\.2\.3/,
    );
  });

  it("lists 25,000 addresses", async () => {
    const item = (index: number) =>
      interfaceItem(
        `eni-${index}`,
        `<privateIpAddress>10.0.0.1</privateIpAddress><privateIpAddressesSet><item><privateIpAddress>10.0.0.1</privateIpAddress><primary>true</primary></item>${Array.from({ length: 50 }, (_, last) => `<item><privateIpAddress>10.1.${index % 250}.${last}</privateIpAddress><primary>false</primary></item>`).join("")}</privateIpAddressesSet>`,
      );
    const { cloud } = await reader(() =>
      interfacePage(Array.from({ length: 500 }, (_, index) => item(index))),
    );
    const all = await cloud.listInterfaces();
    expect(all.reduce((sum, { addresses }) => sum + addresses.length, 0)).toBe(25_000);
  });
});
