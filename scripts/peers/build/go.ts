import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Missing, say } from "../progress.ts";
import { type Build, cached } from "./cached.ts";
import { outputOf, run } from "./command.ts";

const RECIPES = join(import.meta.dirname, "../recipes");

export interface GoBinary {
  readonly name: string;
  /** Import path of its main package. */
  readonly path: string;
}

export interface GoRecipe {
  /** Folder of recipes/ with the go.mod and go.sum: what is built, to the last byte of source. */
  readonly name: string;
  readonly version: string;
  readonly binaries: readonly GoBinary[];
  readonly linkerFlags: string;
}

export const KUBERNETES: GoRecipe = {
  name: "kubernetes",
  version: "1.34.4",
  binaries: ["kube-apiserver", "kube-controller-manager", "kubectl"].map((name) => ({
    name,
    path: `k8s.io/kubernetes/cmd/${name}`,
  })),
  linkerFlags: [
    "-s -w",
    "-X k8s.io/component-base/version.gitVersion=v1.34.4",
    "-X k8s.io/component-base/version.gitMajor=1",
    "-X k8s.io/component-base/version.gitMinor=34",
  ].join(" "),
};

export const ETCD: GoRecipe = {
  name: "etcd",
  version: "3.6.7",
  binaries: [{ name: "etcd", path: "go.etcd.io/etcd/server/v3" }],
  linkerFlags: "-s -w",
};

/** Its versions of Kubernetes are what `helm lint` and `helm template` check against where there is no cluster (Helm's Makefile). */
export const HELM: GoRecipe = {
  name: "helm",
  version: "3.19.2",
  binaries: [{ name: "helm", path: "helm.sh/helm/v3/cmd/helm" }],
  linkerFlags: [
    "-s -w",
    "-X helm.sh/helm/v3/internal/version.version=v3.19.2",
    ...["pkg/lint/rules", "pkg/chartutil"].flatMap((where) => [
      `-X helm.sh/helm/v3/${where}.k8sVersionMajor=1`,
      `-X helm.sh/helm/v3/${where}.k8sVersionMinor=34`,
    ]),
  ].join(" "),
};

/** Builds from the module proxy's sources, checked against go.sum; returns where the binaries are. */
export function buildGo(builds: string, recipe: GoRecipe, signal: AbortSignal): Promise<string> {
  const { name, version, binaries, linkerFlags } = recipe;
  const files = ["go.mod", "go.sum"];
  const build: Build = {
    name: `${name}-${version}`,
    key: [
      ...files.map((file) => readFileSync(join(RECIPES, name, file), "utf8")),
      JSON.stringify(binaries),
      linkerFlags,
    ],
    async make(folder) {
      const go = findGo();
      const module = join(folder, "module");
      mkdirSync(module);
      for (const file of files) copyFileSync(join(RECIPES, name, file), join(module, file));
      const env = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };
      for (const [index, binary] of binaries.entries()) {
        say(`building ${binary.name} ${version} (${index + 1} of ${binaries.length}; minutes, once)`);
        const args = ["build", "-o", join(folder, binary.name), "-ldflags", linkerFlags, binary.path];
        await run(go, args, { cwd: module, env, signal });
      }
      rmSync(module, { recursive: true });
    },
  };
  return cached(builds, build);
}

/** Go 1.21 is the first that fetches the version that a go.mod asks for. */
function findGo(): string {
  for (const go of ["go", "/usr/local/go/bin/go"]) {
    const version = /^go version go(\d+)\.(\d+)/.exec(outputOf(go, ["version"]) ?? "");
    const [, major, minor] = version ?? [];
    if (major !== undefined && (Number(major) > 1 || Number(minor) >= 21)) return go;
  }
  throw new Missing(
    "Go 1.21 or later is missing: install it from https://go.dev/dl, or put the one that is there on the PATH.",
  );
}
