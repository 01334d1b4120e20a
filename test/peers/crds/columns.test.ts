import { beforeAll, expect, test } from "@jest/globals";
import { kubectlDoes } from "../kubectl.ts";
import { describeWhere, kubectlPeer, RUN } from "../peers.ts";
import { installCRDs } from "./install.ts";
import { claim, nodeConfig, vpcIP } from "./laid.ts";

/** `kubectl get` as a person reads it. Objects that other tests lay are told apart by a label. */
describeWhere(kubectlPeer)("kubectl get, on a real API server", () => {
  const mine = { "peers.test/run": RUN };
  // Addresses of TEST-NET-2 (RFC 5737): no other test lays these.
  const bound = vpcIP(
    "198.51.100.17",
    {
      nodeName: "node-a",
      instanceID: "i-0a1",
      interfaceID: "eni-0a1",
      subnetID: "subnet-0a",
      claim: { namespace: "shop", name: "web-0", podUID: "pod-uid-1", containerID: "c1" },
    },
    { ...mine, "vpcip.dev/state": "Bound" },
  );
  const leaked = vpcIP(
    "198.51.100.18",
    {
      nodeName: "node-a",
      instanceID: "i-0a1",
      interfaceID: "eni-0a1",
      leak: { cause: "never-recorded", scope: "Address", firstObservedAt: new Date().toISOString() },
    },
    { ...mine, "vpcip.dev/state": "Leaked" },
  );
  const expiring = claim(
    "web-0",
    { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "72h" },
    { labels: mine },
  );
  const config = { ...nodeConfig("columns-node-a", { warmPool: { min: 2, max: 6 } }) };
  config.metadata = { ...config.metadata, labels: mine } as typeof config.metadata;
  const objects = [bound, leaked, expiring, config];

  const status = (kind: string, name: string, status: object) =>
    kubectlDoes([
      "patch",
      kind,
      name,
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ]);

  beforeAll(async () => {
    await installCRDs();
    await kubectlDoes(["delete", "--ignore-not-found", "--filename=-"], ...objects);
    await kubectlDoes(["create", "--filename=-"], ...objects);
    const detachedAt = new Date().toISOString();
    await status("vipc", "web-0", {
      address: "198.51.100.17",
      nodeName: "node-a",
      podUID: "pod-uid-1",
      detachedAt,
    });
    await status("nec", "columns-node-a", {
      allocator: "ipamd",
      instanceID: "i-0a1",
      bootID: "boot-1",
      reportedUnder: "ipamd-1",
      sweepEpoch: 3,
    });
  }, 120_000);

  /** The cells as kubectl lays them out, with `#` for ages: those are whatever they are. */
  async function table(...args: string[]): Promise<string[]> {
    const said = await kubectlDoes(["get", ...args, "--selector", `peers.test/run=${RUN}`]);
    let starts: readonly number[] = [];
    let ages: readonly boolean[] = [];
    return said
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        if (line.startsWith("NAME ")) {
          const heads = [...line.matchAll(/\S+( \S+)*/g)];
          starts = heads.map(({ index }) => index);
          ages = heads.map(([head]) => ["AGE", "LEAKED", "DETACHED"].includes(head));
          return heads.map(([head]) => head).join(" | ");
        }
        const cells = starts.map((start, index) => line.slice(start, starts[index + 1]).trim());
        return cells.map((cell, index) => (ages[index] ? cell.replace(/^\d\w+$/, "#") : cell)).join(" | ");
      });
  }

  async function names(...args: string[]): Promise<string[]> {
    const selector = `peers.test/run=${RUN}`;
    const said = await kubectlDoes(["get", ...args, "--output=name", "--selector", selector]);
    return said.split("\n").filter((line) => line !== "");
  }

  test("vip,vipc,nec shows what an operator asks first", async () => {
    expect(await table("vip,vipc,nec")).toEqual([
      "NAME | STATE | NAMESPACE | POD | NODE | INTERFACE | CAUSE | AGE",
      "vpcip.vpcip.dev/198.51.100.17 | Bound | shop | web-0 | node-a | eni-0a1 |  | #",
      "vpcip.vpcip.dev/198.51.100.18 | Leaked |  |  | node-a | eni-0a1 | never-recorded | #",
      "NAME | ADDRESS | STATIC | POLICY | EXPIRES AFTER | NODE | DETACHED | AGE",
      "vpcipclaim.vpcip.dev/web-0 | 198.51.100.17 | true | AfterExpiry | 72h | node-a | # | #",
      "NAME | ALLOCATOR | INSTANCE | WARM MIN | WARM MAX | SWEEPS | AGE",
      "nodeeniconfig.vpcip.dev/columns-node-a | ipamd | i-0a1 | 2 | 6 | 3 | #",
    ]);
  });

  test("vip --output=wide shows the rest", async () => {
    expect(await table("vip", "--output=wide")).toEqual([
      "NAME | STATE | NAMESPACE | POD | NODE | INTERFACE | CAUSE | AGE | LEAKED | INSTANCE | SUBNET | POD UID | RUN",
      "198.51.100.17 | Bound | shop | web-0 | node-a | eni-0a1 |  | # |  | i-0a1 | subnet-0a | pod-uid-1 | ",
      "198.51.100.18 | Leaked |  |  | node-a | eni-0a1 | never-recorded | # | # | i-0a1 |  |  | ",
    ]);
  });

  test("nec --output=wide shows the boot, and what the report rests on", async () => {
    expect(await table("nec", "--output=wide")).toEqual([
      "NAME | ALLOCATOR | INSTANCE | WARM MIN | WARM MAX | SWEEPS | AGE | BOOT | REPORTED UNDER",
      "columns-node-a | ipamd | i-0a1 | 2 | 6 | 3 | # | boot-1 | ipamd-1",
    ]);
  });

  test("eni shows all three kinds", async () => {
    expect((await names("eni")).sort()).toEqual([
      "nodeeniconfig.vpcip.dev/columns-node-a",
      "vpcip.vpcip.dev/198.51.100.17",
      "vpcip.vpcip.dev/198.51.100.18",
      "vpcipclaim.vpcip.dev/web-0",
    ]);
  });

  test("selects by the fields that the collector selects by", async () => {
    const where = (kind: string, field: string) => names(kind, `--field-selector=${field}`);
    expect(await where("vip", "spec.nodeName=node-a")).toHaveLength(2);
    expect(await where("vip", "spec.interfaceID=eni-0b2")).toEqual([]);
    expect(await where("vipc", "spec.static=true")).toEqual(["vpcipclaim.vpcip.dev/web-0"]);
    expect(await where("vipc", "spec.static=false")).toEqual([]);
  });
});
