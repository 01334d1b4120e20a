import { join } from "node:path";
import { FREEZE_CONFIG_MAP, SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import { does, type Kubectl, KubectlFailed } from "./kubectl.ts";
import { crdOf, KINDS } from "./state.ts";

const MANIFESTS = join(import.meta.dirname, "../../infra/chart/manifests");
const REFUSED_BY_POLICY = "ValidatingAdmissionPolicy";

export interface Step {
  readonly what: string;
  /** @returns what a person should know of it, line by line */
  run(kubectl: Kubectl): Promise<readonly string[]>;
}

/** Every path obeys it (design: blast radius). Absent means frozen, too, but `collect` would make a new one. */
export const freeze: Step = {
  what: "freeze: nothing is marked or released from here on",
  async run(kubectl) {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: FREEZE_CONFIG_MAP,
      data: { frozen: "true", reason: "uninstall" },
    };
    const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=eni-reclaimer-uninstall"];
    await does(kubectl, [...apply, "--filename=-"], JSON.stringify(object));
    return [];
  },
};

/** Once nothing is under way. Rights first: whoever comes late finds every door shut. What says that an address is taken, last. */
export const REMOVAL: readonly Step[] = [
  {
    what: "take the rights of the functions, the agent and the operators away",
    run: (kubectl) => deleteManifests(kubectl, "rbac/"),
  },
  { what: "take finalizers off our objects, if there are any", run: takeFinalizersOff },
  { what: "delete the admission policies", run: (kubectl) => deleteManifests(kubectl, "admission/") },
  {
    what: "delete the CRDs, and with them all VpcIPs, claims and NodeENIConfigs",
    async run(kubectl) {
      const crds = KINDS.map((plural) => `crd/${crdOf(plural)}`);
      return deleteAndWait(kubectl, crds, "its objects are still there: kubectl get vip,vipc,nec -A");
    },
  },
  {
    what: `delete the namespace ${SYSTEM_NAMESPACE}, with the node leases and the freeze`,
    run: (kubectl) =>
      deleteAndWait(
        kubectl,
        [`namespace/${SYSTEM_NAMESPACE}`],
        `its conditions say what holds it: kubectl get namespace ${SYSTEM_NAMESPACE} -o yaml`,
      ),
  },
];

async function deleteManifests(kubectl: Kubectl, folder: string): Promise<readonly string[]> {
  const file = `--filename=${join(MANIFESTS, folder)}`;
  await does(kubectl, ["delete", file, "--ignore-not-found", "--timeout=60s"]);
  return [];
}

/** We set none. One of somebody else's would hold its CRD, and its namespace, for ever once its remover is gone. */
async function takeFinalizersOff(kubectl: Kubectl): Promise<readonly string[]> {
  const found = await does(kubectl, ["get", "crd", "--output=name"]);
  const kinds = KINDS.map(crdOf).filter((crd) => found.includes(`/${crd}\n`));
  const held = [
    ...(await Promise.all(kinds.map((kind) => heldOf(kubectl, kind, ["--all-namespaces"])))),
    ...(await Promise.all(
      ["leases.coordination.k8s.io", "configmaps"].map((kind) =>
        heldOf(kubectl, kind, [`--namespace=${SYSTEM_NAMESPACE}`]),
      ),
    )),
  ].flat();
  for (const { kind, name, namespace } of held) {
    const where = namespace === "" ? [] : [`--namespace=${namespace}`];
    const patch = ["--type=merge", "--patch", '{"metadata":{"finalizers":null}}'];
    await does(kubectl, ["patch", kind, name, ...where, ...patch]);
  }
  return held.map(({ kind, name, finalizers }) => `${kind}/${name} was held by ${finalizers}`);
}

interface Held {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly finalizers: string;
}

async function heldOf(kubectl: Kubectl, kind: string, where: readonly string[]): Promise<readonly Held[]> {
  const fields = '{.metadata.finalizers[*]}{"\\t"}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\n"}';
  const said = await does(kubectl, [
    ...["get", kind, ...where],
    `--output=jsonpath={range .items[*]}${fields}{end}`,
  ]);
  return said.split("\n").flatMap((line) => {
    const [finalizers = "", namespace = "", name = ""] = line.split("\t");
    return finalizers === "" ? [] : [{ kind, namespace, name, finalizers }];
  });
}

/** A policy counts for a moment after it was deleted, so a refusal by one is asked again, up to half a minute. */
async function deleteAndWait(
  kubectl: Kubectl,
  what: readonly string[],
  whereToLook: string,
): Promise<readonly string[]> {
  const args = ["delete", ...what, "--ignore-not-found", "--timeout=120s"];
  for (let left = 60; ; left--) {
    const { code, stderr } = await kubectl(args);
    if (code === 0) return [];
    if (!stderr.includes(REFUSED_BY_POLICY) || left === 0)
      throw new KubectlFailed(
        `kubectl ${args.join(" ")}: ${stderr.trim()}${stderr.includes("timed out") ? `; ${whereToLook}` : ""}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
