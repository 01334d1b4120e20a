import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionName } from "../engine/venue.ts";
import { FUNCTION_TOKENS } from "./identities.ts";

export interface Kubeconfigs {
  /** Paths. */
  readonly of: Readonly<Record<FunctionName, string>>;
  remove(): void;
}

/** One for each function: each signs in as itself. */
export function writeKubeconfigs(server: string): Kubeconfigs {
  const folder = mkdtempSync(join(tmpdir(), "eni-reclaimer-scenario-"));
  const written = (name: FunctionName): string => {
    const path = join(folder, name);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [{ name: "scenario", cluster: { server } }],
      users: [{ name, user: { token: FUNCTION_TOKENS[name] } }],
      contexts: [{ name, context: { cluster: "scenario", user: name } }],
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  };
  return {
    of: { collect: written("collect"), reclaim: written("reclaim") },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
