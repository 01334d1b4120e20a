import { describe, expect, test } from "@jest/globals";
import { detached, eni, list, page, pod } from "./dumps.ts";
import { cniTags, stock } from "./stock.ts";
import { plan } from "./worlds.ts";

describe("interfaces that no node of ours has", () => {
  const here = stock(["10.0.1.11"]);
  const left = (more: Record<string, unknown>) =>
    detached({ NetworkInterfaceId: "eni-7", PrivateIpAddress: "10.0.1.70", ...more }, ["10.0.1.71"]);
  const see = async (face: Record<string, unknown>) =>
    (await plan({ interfaces: page(here, face), pods: list(pod("web", "10.0.1.11")) })).document;

  test.each([
    ["tags of the CNI and an instance that is not here", { TagSet: cniTags("i-0dead") }, "orphan"],
    ["a description of the CNI alone", { Description: "aws-K8S-i-0dead" }, "orphan"],
    ["tags of the CNI, just made", { TagSet: cniTags("i-0dead", "2026-03-01T11:58:00Z") }, "young"],
    [
      "tags of the CNI and an instance that is here",
      { TagSet: cniTags("i-0aaaaaaaaaaaaaaa1") },
      "instance-here",
    ],
  ])("shows a detached one with %s, and deletes it not", async (_, more, looks) => {
    const document = await see(left(more));
    expect(document.foreignDetached).toEqual([expect.objectContaining({ interface: "eni-7", looks })]);
    expect(document.orphansDeleted).toEqual([]);
  });

  test.each([
    ["nothing that shows whose it is", { TagSet: [{ Key: "Purpose", Value: "Prod" }] }],
    ["a requester that manages it", { RequesterManaged: true, Description: "aws-K8S-i-0dead" }],
  ])("keeps silent of a detached one with %s", async (_, more) => {
    expect((await see(left(more))).foreignDetached).toEqual([]);
  });

  test("keeps the secondary addresses of all of them", async () => {
    const document = await see(left({ TagSet: cniTags("i-0dead") }));
    expect(document.kept).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: "10.0.1.71", reason: "not-ours" })]),
    );
  });

  test("tells an instance that is no node from a node", async () => {
    const vm = eni({
      NetworkInterfaceId: "eni-8",
      PrivateIpAddress: "10.0.1.80",
      TagSet: [],
      Attachment: { InstanceId: "i-0bbb", Status: "attached", DeviceIndex: 0 },
    });
    const document = await see(vm);
    expect(
      document.interfaces.find(({ interface: id }: { interface: string }) => id === "eni-8"),
    ).toMatchObject({
      whose: "instance",
    });
    expect(document.totals.nodes).toBe(1);
  });
});
