/** What the functions ask of AWS, recorded on the wire, against what their roles allow. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { SCENARIOS } from "../../src/sandbox/scenarios/index.ts";
import { tablesOf } from "../docs/pages.ts";
import { type Call, statementsOf } from "./iam/decide.ts";
import { OTHERS_USE } from "./iam/others-use.ts";
import { recordClean, recordScenario, recordSweepOfObserver, recordWays } from "./iam/record-scenarios.ts";
import { recordSeed } from "./iam/record-simulation.ts";
import type { Recording } from "./iam/recording.ts";
import { REFERENCE } from "./iam/reference.ts";
import { ACCOUNT, type FunctionName, REGION, type RecordedCall } from "./iam/wire-call.ts";
import { answer, FUNCTIONS, IN_VPC, ROLES, TAG, VPC } from "./stack/asked.ts";
import { type Parameters, type Stack, stackOf } from "./stack/stack.ts";
import { packaged, type Template } from "./stack/template.ts";

/** 500 nodes ask nothing that five don't. */
const SLOW = ["large"];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const RELEASES = ["ec2:UnassignPrivateIpAddresses", "ec2:DeleteNetworkInterface"];

let template: Template;
let recordings: readonly Recording[];
beforeAll(async () => {
  ({ template } = await packaged());
  const made: Recording[] = [];
  for (const scenario of SCENARIOS)
    if (!SLOW.includes(scenario.name)) made.push(await recordScenario(scenario));
  for (const mode of ["observe", "release"] as const) made.push(await recordClean(mode));
  made.push(await recordSweepOfObserver(), ...(await recordWays()));
  for (const seed of SEEDS) made.push(await recordSeed(seed));
  recordings = made;
}, 600_000);

const stack = (parameters: Parameters): Stack => stackOf(template, parameters);

/** What the role of a function says to its code. */
const says = (made: Stack, { by, context, ...call }: RecordedCall) =>
  answer(made, by, {
    ...call,
    context: {
      ...context,
      "lambda:SourceFunctionArn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:eni-reclaimer-dev-${by}`,
    },
  });

const shown = ({ by, action, resource }: RecordedCall): string => `${by} ${action} ${resource}`;
const pair = ({ by, action }: { readonly by: FunctionName; readonly action: string }) => `${by} ${action}`;
const distinct = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();
const pairsIn = (some: readonly Recording[]) => distinct(some.flatMap(({ calls }) => calls.map(pair)));
const mutations = (some: readonly Recording[]) =>
  some.flatMap(({ parameters, calls }) =>
    calls.filter(({ action }) => RELEASES.includes(action)).map((call) => ({ parameters, call })),
  );

test("the recordings are of every function, in both modes, over HTTP and in process", () => {
  expect(recordings.length).toBe(SCENARIOS.length - SLOW.length + 5 + SEEDS.length);
  for (const { name, calls } of recordings) expect([name, calls.length > 0]).toEqual([name, true]);
  for (const mode of ["observe", "release"] as const)
    expect(
      distinct(
        recordings.filter((one) => one.mode === mode).flatMap(({ calls }) => calls.map(({ by }) => by)),
      ),
    ).toEqual([...FUNCTIONS].sort());
  expect(distinct(mutations(recordings).map(({ call }) => pair(call)))).toEqual(
    ["clean", "reclaim"].flatMap((name) => [...RELEASES].sort().map((action) => `${name} ${action}`)),
  );
});

test("each call that a function made is allowed to its role, in a VPC or not", () => {
  for (const network of [{}, IN_VPC]) {
    const refused = recordings.flatMap(({ name, parameters, calls }) => {
      const made = stack({ ...parameters, ...network });
      return calls.filter((call) => says(made, call) === "denied").map((call) => `${name}: ${shown(call)}`);
    });
    expect(distinct(refused)).toEqual([]);
  }
});

describe.each(FUNCTIONS)("the role of %s", (name) => {
  const EVERYTHING = {
    ...IN_VPC,
    KmsKeyArn: "KEY",
    KubeconfigParameter: "/eni-reclaimer/sandbox/kubeconfig",
    KubeconfigKmsKeyArn: "KEY",
  };
  const allowedBy = (parameters: Parameters) =>
    statementsOf(stack(parameters), ROLES[name]).filter(({ Effect }) => Effect === "Allow");

  test("allows no action that was not recorded, but for what others do with it", () => {
    const [first] = recordings;
    const pairs = pairsIn(recordings);
    const others = new Set(OTHERS_USE.map(({ action }) => action));
    for (const way of [EVERYTHING, { ...EVERYTHING, KubeconfigParameter: "", KubeconfigKmsKeyArn: "" }]) {
      const allowed = allowedBy({ ...first!.parameters, ...way }).flatMap(({ Action }) => [Action].flat());
      const spare = allowed.filter((action) => !pairs.includes(`${name} ${action}`) && !others.has(action));
      expect(distinct(spare)).toEqual([]);
      expect(allowed.filter((action) => action.includes("*"))).toEqual([]);
    }
  });

  test("names resources, where an action knows any, and conditions that it carries", () => {
    const [first] = recordings;
    for (const { Sid, Action, Resource, Condition = {} } of allowedBy({
      ...first!.parameters,
      KubeconfigParameter: "/k",
    }))
      for (const action of [Action].flat()) {
        const known = REFERENCE[action];
        if (known === undefined) continue;
        const { resource, keys } = known;
        for (const named of [Resource].flat())
          expect([Sid, named]).toEqual([
            Sid,
            resource === undefined ? "*" : expect.stringContaining(resource),
          ]);
        for (const key of Object.values(Condition).flatMap((one) => Object.keys(one)))
          expect([Sid, action, key, keys.some((prefix) => key.startsWith(prefix))]).toEqual([
            Sid,
            action,
            key,
            true,
          ]);
      }
  });
});

test("docs/install.md says of each action who asks for it", () => {
  const [table = []] = tablesOf("docs/install.md", "action");
  const told = table.flatMap(([actions = "", ...may]) =>
    (actions.match(/\w+:\w+/g) ?? []).flatMap((action) =>
      FUNCTIONS.filter((_, index) => may[index] === "yes").map((name) => `${name} ${action}`),
    ),
  );
  expect(distinct(told)).toEqual(pairsIn(recordings));
});

test("AWS's reference is known here of each action that was recorded", () => {
  const actions = distinct(recordings.flatMap(({ calls }) => calls.map(({ action }) => action)));
  expect(actions).toEqual(Object.keys(REFERENCE).sort());
});

test("what others do with the roles has a reason, and is allowed to some role", () => {
  const [first] = recordings;
  const all = stack({ ...first!.parameters, ...IN_VPC, KmsKeyArn: "KEY" });
  const allowed = FUNCTIONS.flatMap((name) => statementsOf(all, ROLES[name])).flatMap(({ Action }) =>
    [Action].flat(),
  );
  expect(OTHERS_USE.filter(({ action, why }) => !allowed.includes(action) || why === "")).toEqual([]);
});

describe("a release that was made", () => {
  const refusedEverywhere = (change: (call: RecordedCall) => Call, more: Parameters = {}): void => {
    const all = mutations(recordings);
    expect(all.length).toBeGreaterThan(20);
    for (const network of [{}, IN_VPC])
      for (const { parameters, call } of all) {
        const made = stack({ ...parameters, ...network, ...more });
        const changed = { ...change(call), by: call.by };
        expect([shown(call), says(made, changed)]).toEqual([shown(call), "denied"]);
      }
  };
  const without = (key: string, { context = {}, ...call }: Call): Call => ({
    ...call,
    context: Object.fromEntries(Object.entries(context).filter(([name]) => name !== key)),
  });

  test("is refused on an interface of another cluster", () => {
    refusedEverywhere((call) => ({
      ...call,
      context: { ...call.context, [TAG]: "99999999-2222-3333-4444-555555555555" },
    }));
  });

  test("is refused on an interface without the tag", () => {
    refusedEverywhere((call) => without(TAG, call));
  });

  test("is refused in another VPC, and where the VPC is not known", () => {
    refusedEverywhere((call) => ({
      ...call,
      context: { ...call.context, [VPC]: `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/vpc-99999999` },
    }));
    refusedEverywhere((call) => without(VPC, call));
  });

  test("is refused to collect", () => {
    for (const { parameters, call } of mutations(recordings))
      expect(says(stack({ ...parameters, ...IN_VPC }), { ...call, by: "collect" })).toBe("denied");
  });

  test("is refused in mode observe", () => {
    refusedEverywhere((call) => call, { Mode: "observe" });
  });
});

test("in mode observe nothing was released, by none of the functions", () => {
  const observing = recordings.filter(({ mode }) => mode === "observe");
  expect(observing.length).toBeGreaterThan(1);
  expect(mutations(observing)).toEqual([]);
});
