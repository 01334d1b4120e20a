/** The policies in infra/chart/manifests/admission as far as they can be read; what they do is tested on a real API server (test/peers/rbac). */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { IDENTITIES } from "./rbac/identities.ts";

const folder = new URL("../../infra/chart/manifests/admission/", import.meta.url);

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly failurePolicy?: string;
    readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
    readonly validations?: readonly { readonly messageExpression?: string }[];
  };
}

const files = readdirSync(folder).map((file) =>
  parseAllDocuments(readFileSync(new URL(file, folder), "utf8")).map((one) => one.toJS() as Policy),
);

test.each(files.map((objects) => [objects[0]?.metadata.name, objects] as const))(
  "%s: one policy and its binding, which denies; it fails closed, and explains each refusal",
  (name, objects) => {
    expect(objects.map(({ kind }) => kind)).toEqual([
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ]);
    const [policy, binding] = objects;
    expect(binding).toMatchObject({
      metadata: { name },
      spec: { policyName: name, validationActions: ["Deny"] },
    });
    expect(policy?.spec.failurePolicy).toBe("Fail");
    expect(policy?.spec.validations?.filter((one) => one.messageExpression === undefined)).toEqual([]);
  },
);

test("both policies on deletes let the same ones pass: our own identities, and the controllers that clean up", () => {
  const exempt = files
    .flat()
    .filter(({ metadata, kind }) => metadata.name.startsWith("bound-") && kind.endsWith("Policy"))
    .map(({ spec }) =>
      (spec.matchConditions ?? []).flatMap(({ expression }) => expression.match(/'[^']+'/g) ?? []),
    );
  const { collect, reclaim, clean, agent } = IDENTITIES;
  const names = [
    "system:kube-controller-manager",
    "system:serviceaccount:kube-system:generic-garbage-collector",
    "system:serviceaccount:kube-system:namespace-controller",
    agent.user,
    ...[collect, reclaim, clean].map(({ groups }) => groups[0]),
  ].map((name) => `'${name}'`);
  expect(exempt).toEqual([names, names]);
});
