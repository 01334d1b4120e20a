import { describe, expect, test } from "@jest/globals";
import fc, { runs } from "../property.ts";
import {
  claimedBy,
  detached,
  eni,
  INTERFACE,
  instances,
  list,
  managed,
  nec,
  node,
  page,
  pod,
  vip,
} from "./dumps.ts";
import { cnictl } from "./worlds.ts";

const FLAGS = ["interfaces", "pods", "nodes", "necs", "vips", "claims", "instances"] as const;

/** A whole set of dumps with something of every kind: what is changed below, one value at a time. */
const WHOLE: Record<(typeof FLAGS)[number], unknown> = {
  ...(managed(["10.0.1.13"], [vip("10.0.1.13", claimedBy("gone"))]) as Record<
    (typeof FLAGS)[number],
    unknown
  >),
  interfaces: page(
    eni({ Ipv4Prefixes: [{ Ipv4Prefix: "10.0.2.16/28" }] }, ["10.0.1.11", "10.0.1.12", "10.0.1.13"]),
    detached({
      NetworkInterfaceId: "eni-2",
      PrivateIpAddress: "10.0.1.77",
      TagSet: [{ Key: "eks:eni:owner", Value: "amazon-vpc-cni" }],
    }),
  ),
  necs: list(
    nec({ cooling: [{ address: "10.0.1.12", interfaceID: INTERFACE, until: "2026-03-01T13:00:00Z" }] }),
  ),
  nodes: list(node()),
  claims: list({
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIPClaim",
    metadata: { name: "web", namespace: "default", uid: "u", resourceVersion: "1" },
    spec: { static: true, reclaimPolicy: "Never" },
    status: { address: "10.0.1.11" },
  }),
  instances: instances({ "i-0aaaaaaaaaaaaaaa1": "running" }),
};

async function oneSentenceOrAPlan(files: Record<string, string>, command: readonly string[]): Promise<void> {
  const { code, out, err } = await cnictl(
    [...command, ...Object.keys(files).flatMap((flag) => [`--${flag}`, flag])],
    files,
  );
  if (code === 2) {
    expect(out).toBe("");
    expect(err).toMatch(/^cnictl: [^\n]+\n$/);
  } else {
    expect([0, 1]).toContain(code);
    expect(err).toBe("");
    expect(out).not.toBe("");
  }
}

const written = (dumps: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(dumps).map(([flag, dump]) => [flag, JSON.stringify(dump) ?? "null"]));

/** Every place of a value, as a path of keys. */
function places(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    0,
    -1,
    1e99,
    true,
    [],
    {},
    [[]],
    [null],
    { a: {} },
    "10.0.1.13",
    "::ffff:10.0.1.13",
    "2026-03-01T12:00:00Z",
    "\u0000\ud800",
    "__proto__",
  ),
  fc.jsonValue(),
);

describe("input of whatever shape ends in an answer or in one sentence, never in a crash", () => {
  test("any JSON given to any flag", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FLAGS), fc.jsonValue(), async (flag, value) => {
        await oneSentenceOrAPlan(written({ ...WHOLE, [flag]: value }), ["plan"]);
      }),
      runs(200),
    );
  });

  test("any one value of good dumps replaced by an odd one", async () => {
    const all = FLAGS.flatMap((flag) => places(WHOLE[flag]).map((path) => [flag, path] as const));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        odd,
        fc.constantFrom<readonly string[]>(["plan"], ["explain", "10.0.1.13"], ["plan", "-o", "json"]),
        async ([flag, path], value, command) => {
          await oneSentenceOrAPlan(
            written({ ...WHOLE, [flag]: replaced(WHOLE[flag], path, value) }),
            command,
          );
        },
      ),
      runs(600),
    );
  });

  test("any text, and good text cut off anywhere", async () => {
    const text = JSON.stringify(WHOLE.pods, undefined, 1);
    const cut = fc.nat(text.length - 1).map((length) => text.slice(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), cut), async (pods) => {
        const { code, out } = await cnictl(["plan", "--interfaces", "i", "--pods", "p"], {
          i: JSON.stringify(WHOLE.interfaces),
          p: pods,
        });
        expect({ code, out }).toEqual({ code: 2, out: "" });
      }),
      runs(200),
    );
  });
});

test("whatever Pods are taken out of or added to a stock cluster's dump, nothing of it is called leaked", async () => {
  const address = fc.integer({ min: 0, max: 40 }).map((host) => `10.0.1.${host}`);
  const pods = fc.uniqueArray(
    fc.tuple(address, fc.constantFrom("Running", "Failed", "Pending"), fc.boolean()),
    { selector: ([one]) => one },
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(address), pods, async (addresses, given) => {
      const faces = page(eni({ TagSet: [], PrivateIpAddress: "10.0.0.1" }, addresses));
      const listed = list(
        ...given.map(([one, phase, hostNetwork]) =>
          pod(`p-${one}`, one, { spec: { hostNetwork }, status: { phase } }),
        ),
      );
      const { code, out } = await cnictl(["plan", "--interfaces", "i", "--pods", "p", "-o", "json"], {
        i: JSON.stringify(faces),
        p: JSON.stringify(listed),
      });
      expect(code).toBe(0);
      const plan = JSON.parse(out);
      expect(plan.keptByReason).toEqual(addresses.length === 0 ? {} : { "foreign-node": addresses.length });
      const live = given.filter(
        ([one, phase, host]) => addresses.includes(one) && phase !== "Failed" && !host,
      );
      expect(plan.nodes.map(({ inUse }: { inUse: number }) => inUse)).toEqual(
        plan.nodes.length === 0 ? [] : [live.length],
      );
    }),
    runs(100),
  );
});
