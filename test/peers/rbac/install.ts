import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { installCRDs } from "../crds/install.ts";
import { kubectl, kubectlDoes, until } from "../kubectl.ts";

const path = (name: string): string =>
  fileURLToPath(new URL(`../../../infra/chart/manifests/${name}`, import.meta.url));
const APPLY = ["apply", "--server-side", "--force-conflicts"];

/** As docs/install.md says to, but for the policies. */
export async function installRights(): Promise<void> {
  await installCRDs();
  await kubectlDoes([...APPLY, "-f", path("namespace.yaml"), "-f", path("rbac/")]);
}

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly policyName?: string };
}

function policies(): readonly Policy[] {
  return readdirSync(path("admission/")).flatMap((file) =>
    parseAllDocuments(readFileSync(path(`admission/${file}`), "utf8")).map((one) => one.toJS() as Policy),
  );
}

const POLICIES: readonly string[] = policies()
  .filter(({ kind }) => kind === "ValidatingAdmissionPolicy")
  .map(({ metadata }) => metadata.name);

/** Lets the policies see only what carries these labels: other tests use the same server. */
export async function installPolicies(matchLabels: Readonly<Record<string, string>>): Promise<void> {
  const scoped = policies().map((one) =>
    one.kind === "ValidatingAdmissionPolicy"
      ? one
      : { ...one, spec: { ...one.spec, matchResources: { objectSelector: { matchLabels } } } },
  );
  await kubectlDoes([...APPLY, "--filename=-"], ...scoped);
}

export async function removePolicies(): Promise<void> {
  for (const kind of ["validatingadmissionpolicybinding", "validatingadmissionpolicy"])
    await kubectlDoes(["delete", kind, ...POLICIES, "--ignore-not-found"]);
}

/** A policy counts a moment after it was written: waits until a request without effect is refused by it. */
export const untilRefused = (...args: string[]): Promise<void> =>
  until(async () =>
    (await kubectl([...args, "--dry-run=server"])).stderr.includes("ValidatingAdmissionPolicy"),
  );
