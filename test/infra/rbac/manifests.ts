import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

export const FOLDER = fileURLToPath(new URL("../../../infra/chart/manifests/rbac/", import.meta.url));

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Subject {
  readonly kind: "Group" | "ServiceAccount" | "User";
  readonly name: string;
  readonly namespace?: string;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

/** Every object of the manifests, file by file. */
export function manifests(): readonly Manifest[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(`${FOLDER}${file}`, "utf8")).map((one) => one.toJS() as Manifest),
    );
}
