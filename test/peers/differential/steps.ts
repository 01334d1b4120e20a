import fc from "fast-check";
import type { Body } from "../../contract/kubernetes/bodies.ts";
import type { Answer } from "../../contract/kubernetes/wire.ts";
import type { Side } from "./sides.ts";

/** A request that is made of both servers, told by what each has answered before. */
export interface Step {
  readonly verb: "create" | "get" | "replace" | "patch" | "delete" | "list";
  readonly kind: number;
  readonly name: 0 | 1;
  readonly part: "" | "status";
  readonly content: number;
  readonly labels: number;
  readonly finalized: boolean;
  /** Which resourceVersion a write carries. */
  readonly version: "none" | "last" | "one before";
  readonly uid: "none" | "last" | "other";
  readonly limit: number;
}

export const steps = fc.array(
  fc.record<Step>({
    verb: fc.constantFrom("create", "create", "get", "replace", "replace", "patch", "delete", "list"),
    kind: fc.nat(4),
    name: fc.constantFrom(0, 1),
    part: fc.constantFrom("", "", "status"),
    content: fc.nat(3),
    labels: fc.nat(2),
    finalized: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    version: fc.constantFrom("none", "last", "last", "one before"),
    uid: fc.constantFrom("none", "none", "last", "other"),
    limit: fc.nat(2),
  }),
  { minLength: 5, maxLength: 25 },
);

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly names: readonly [string, string];
  readonly contents: readonly Body[];
  readonly field?: string;
}

const ours = "vpcip.dev/v1alpha1";

/** What the product keeps, with contents that are right, wrong and odd. None breaks a CEL rule: the simulator knows none. */
const kindsOf = (run: number): readonly Kind[] => [
  {
    apiVersion: ours,
    kind: "VpcIP",
    plural: "vpcips",
    isNamespaced: false,
    names: [`203.0.113.${run % 100}`, `203.0.113.${100 + (run % 100)}`],
    field: "spec.nodeName=node-a",
    contents: [
      { spec: { nodeName: "node-a" } },
      { spec: { nodeName: "node-b", interfaceID: "eni-1", unknown: 1 } },
      {
        spec: {
          nodeName: "node-a",
          leak: { cause: "pod-gone", scope: "Address", firstObservedAt: "2026-06-01T12:00:00Z" },
        },
      },
      { spec: { nodeName: 7, leak: { cause: "whim", scope: "Address" } } },
    ],
  },
  {
    apiVersion: ours,
    kind: "NodeENIConfig",
    plural: "nodeeniconfigs",
    isNamespaced: false,
    names: [`diff-a-${run}`, `diff-b-${run}`],
    contents: [
      {},
      { spec: { warmPool: { min: 1 } }, status: { sweepEpoch: 1, refills: [] } },
      { status: { sweepEpoch: 1, inUse: [], pool: [{ address: "10.0.0.9", interfaceID: "eni-1" }] } },
      { status: { sweepEpoch: 1, pool: [{ address: "10.0.0.999" }], interfaces: [{ id: "" }] } },
    ],
  },
  {
    apiVersion: ours,
    kind: "VpcIPClaim",
    plural: "vpcipclaims",
    isNamespaced: true,
    names: ["web-0", "web-1"],
    field: "spec.static=true",
    contents: [
      { spec: {} },
      { spec: { static: true, reclaimPolicy: "Never" }, status: { address: "10.0.0.9" } },
      { spec: { static: false }, status: { nodeName: "node-a", detachedAt: null } },
      { spec: { static: "yes", reclaimPolicy: "Later" } },
    ],
  },
  {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    plural: "leases",
    isNamespaced: true,
    names: ["node-a", "node-b"],
    contents: [
      {},
      { spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-06-01T12:00:00.000000Z" } },
      { spec: { holderIdentity: "", acquireTime: "2026-06-01T12:00:00.123456Z", leaseTransitions: 3 } },
      { spec: { leaseDurationSeconds: 0 } },
    ],
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    plural: "configmaps",
    isNamespaced: true,
    names: ["a", "b"],
    contents: [{}, { data: { a: "1" } }, { data: { a: "2", b: "" } }, { data: { "not/a key": "x" } }],
  },
];

const LABELS: readonly (Readonly<Record<string, string>> | undefined)[] = [
  undefined,
  { "vpcip.dev/state": "Leaked" },
  { "vpcip.dev/state": "Bound", of: "test" },
];

/** The same sequence on one side and the other; returns what they answered, ready to be compared. */
export async function carryOut(
  side: Side,
  sequence: readonly Step[],
  run: number,
  namespace: string,
): Promise<readonly unknown[]> {
  side.begin();
  const answers: unknown[] = [];
  for (const step of sequence) answers.push(side.comparable(await once(side, step, run, namespace)));
  return answers;
}

async function once(side: Side, step: Step, run: number, namespace: string): Promise<Answer> {
  const kind = kindsOf(run)[step.kind]!;
  const name = kind.names[step.name];
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : "/api/v1";
  const collection = `${root}${kind.isNamespaced ? `/namespaces/${namespace}` : ""}/${kind.plural}`;
  const path = `${collection}/${name}`;
  const target = step.part === "status" && kind.apiVersion === ours ? `${path}/status` : path;
  const call = async (method: string, where: string, body?: Body, type?: string): Promise<Answer> => {
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
    const answer = await side.wire.call(method, where, body, headers);
    side.remember(path, answer);
    return answer;
  };
  const object = () => objectOf(side, step, kind, path, name, namespace);
  switch (step.verb) {
    case "create":
      return call("POST", collection, object());
    case "get":
      return call("GET", target);
    case "replace":
      return call("PUT", target, object());
    case "patch":
      return call("PATCH", target, object(), "application/merge-patch+json");
    case "delete":
      return call("DELETE", path, { preconditions: object().metadata, ...deletion(step) });
    case "list":
      return call("GET", `${collection}?${queryOf(step, kind, run)}`);
  }
}

function objectOf(side: Side, step: Step, kind: Kind, path: string, name: string, namespace: string): Body {
  const last = side.seen(path, 0);
  const { labels, finalized, version, uid, verb } = step;
  const versions = { none: undefined, last, "one before": side.seen(path, 1) ?? last };
  const resourceVersion = verb === "create" ? undefined : versions[version]?.metadata.resourceVersion;
  const uids = { none: undefined, last: last?.metadata.uid, other: "11111111-2222-4333-8444-555555555555" };
  const identity = {
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(verb !== "create" && uids[uid] !== undefined && { uid: uids[uid] }),
  };
  if (verb === "delete") return { metadata: identity };
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name,
      ...(kind.isNamespaced && { namespace }),
      ...(LABELS[labels] !== undefined && { labels: LABELS[labels] }),
      // A patch takes the finalizer off again: what nothing takes off would be there for ever.
      ...(verb === "patch" && { finalizers: null }),
      ...(verb === "create" && finalized && { finalizers: ["vpcip.dev/test"] }),
      ...identity,
    },
    ...kind.contents[step.content],
  };
}

/** Not in the foreground, and orphaning nothing: the garbage collector would have a hand in it, and the simulator has none. */
const deletion = ({ limit }: Step): Body => (limit === 2 ? { propagationPolicy: "Background" } : {});

/** Lists hold this run's objects only: others use the same server. */
function queryOf({ labels, limit, content }: Step, { field, isNamespaced }: Kind, run: number): string {
  const query = new URLSearchParams();
  const selector = LABELS[labels];
  if (selector !== undefined)
    query.set(
      "labelSelector",
      Object.entries(selector)
        .map((pair) => pair.join("="))
        .join(","),
    );
  if (!isNamespaced) query.set("labelSelector", `of=test,run=${run}`);
  if (field !== undefined && content % 2 === 1) query.set("fieldSelector", field);
  if (limit > 0) query.set("limit", String(limit));
  return query.toString();
}

/** Takes away what a sequence has left, finalizers or not. */
export async function clear(side: Side, run: number, namespace: string): Promise<void> {
  for (const kind of kindsOf(run)) {
    for (const name of kind.names) {
      const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : "/api/v1";
      const path = `${root}${kind.isNamespaced ? `/namespaces/${namespace}` : ""}/${kind.plural}/${name}`;
      await side.wire.patch(path, { metadata: { finalizers: null } });
      await side.wire.call("DELETE", path);
    }
  }
}
