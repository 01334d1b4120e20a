import path from "node:path";

/**
 * The folder that relative paths are meant from. `npm run cnictl` starts the command in the package's root and tells in
 * INIT_CWD where the person is (npm docs, "npm run-script").
 */
export function startFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const manifest = env["npm_package_json"];
  const byNpm = env["npm_lifecycle_event"] === "cnictl" && manifest !== undefined;
  return byNpm && path.dirname(manifest) === cwd ? (env["INIT_CWD"] ?? cwd) : cwd;
}
