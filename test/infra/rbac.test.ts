/** Who may do what: the manifests in infra/chart/manifests/rbac against every request that the code makes. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { callsIn } from "./rbac/calls-in-source.ts";
import { grantsOf, isGranted } from "./rbac/evaluate.ts";
import { EVERYBODY, IDENTITIES, type Who } from "./rbac/identities.ts";
import { manifests } from "./rbac/manifests.ts";
import { neededRequests } from "./rbac/needed.ts";
import { allowedChanges, refusedTo } from "./rbac/refused.ts";
import { type Request, shown } from "./rbac/request.ts";
import { tooWide, twice, unneeded } from "./rbac/spare.ts";

/** Rights that no request needs, and why they are granted. */
const TO_SPARE: Partial<Record<Who, readonly string[]>> = {
  // `kubectl get -w`: tells no more than the list does.
  operator: ["watch vpcips.vpcip.dev", "watch vpcipclaims.vpcip.dev", "watch nodeeniconfigs.vpcip.dev"],
};

/** What people look at by name: the pages tell them to list only. */
const READ_BY_NAME: readonly Request[] = ["vpcips", "vpcipclaims", "nodeeniconfigs"].map((resource) => ({
  verb: "get",
  group: "vpcip.dev",
  resource,
  namespace: resource === "vpcipclaims" ? "default" : undefined,
  name: "any",
}));

const all = manifests();
const grants = (who: Who) => grantsOf(all, IDENTITIES[who]);
let needed: Readonly<Record<Who, readonly Request[]>>;

beforeAll(async () => {
  const found = await neededRequests();
  needed = { ...found, operator: [...found.operator, ...READ_BY_NAME] };
}, 600_000);

describe.each(EVERYBODY)("%s", (who) => {
  test("is allowed every request that it makes", () => {
    const refused = needed[who].filter((request) => !isGranted(grants(who), request));
    expect(needed[who].length).toBeGreaterThan(5);
    expect(refused.map(shown)).toEqual([]);
  });

  test("is refused what is none of its business, and the changes that are another's", () => {
    const allowed = refusedTo(who).filter((request) => isGranted(grants(who), request));
    expect(allowed.map(shown)).toEqual([]);
  });

  test("may make the changes that are its own", () => {
    const refused = allowedChanges(who).filter((request) => !isGranted(grants(who), request));
    expect(refused.map(shown)).toEqual([]);
  });

  test("has no right to spare, and none that could be narrower", () => {
    expect(unneeded(grants(who), needed[who])).toEqual(TO_SPARE[who] ?? []);
    expect(tooWide(grants(who), needed[who])).toEqual([]);
    expect(twice(grants(who))).toEqual([]);
  });
});

test("the agent's requests are all that src/agent names of the ports", async () => {
  const made = new Set(needed.agent.map(kindOf));
  const named = await callsIn(new URL("../../src/agent/", import.meta.url));
  expect(named.size).toBeGreaterThan(15);
  expect([...named].filter(([, request]) => !made.has(kindOf(request))).map(([name]) => name)).toEqual([]);
});

test("what src/reclaimer names of the ports, some function asks", async () => {
  const made = new Set([...needed.collect, ...needed.reclaim, ...needed.clean].map(kindOf));
  const named = await callsIn(new URL("../../src/reclaimer/", import.meta.url));
  expect(named.size).toBeGreaterThan(25);
  expect([...named].filter(([, request]) => !made.has(kindOf(request))).map(([name]) => name)).toEqual([]);
});

test("nobody is meant but the five, and no rule says everything", () => {
  const subjects = all.flatMap((one) => one.subjects ?? []).map(({ name }) => name);
  expect(new Set(subjects)).toEqual(
    new Set([
      ...["collect", "reclaim", "clean", "operators"].map((name) => `eni-reclaimer:${name}`),
      "vpcip-agent",
    ]),
  );
  for (const { apiGroups, resources, verbs } of all.flatMap((one) => one.rules ?? []))
    expect([...apiGroups, ...resources, ...verbs].filter((part) => part.includes("*"))).toEqual([]);
});

test("an access entry can have each of the groups: EKS keeps some beginnings for itself", () => {
  const groups = all.flatMap((one) => one.subjects ?? []).filter(({ kind }) => kind === "Group");
  expect(groups.filter(({ name }) => /^(system|eks|aws|amazon|iam):/.test(name))).toEqual([]);
});

const kindOf = ({ name: _name, namespace: _namespace, ...kind }: Request): string => shown(kind);
