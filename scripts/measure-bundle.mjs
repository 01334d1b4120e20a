// How big each function's bundle is, how long it takes to import, and where the bytes go. Bundles as `npm run package`
// does. `--json` prints one document; `--top N` lists N packages (default 12).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import settings from "../infra/esbuild.cjs";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, top: { type: "string", default: "12" } },
});
const root = path.resolve(import.meta.dirname, "..");
const FUNCTIONS = ["collect", "reclaim", "clean"];
const PROCESSES = 11;
const KIBIBYTE = 1024;

/** What serverless-esbuild reads besides esbuild's own settings. */
const { outputFileExtension, outputWorkFolder: _, exclude: __, ...options } = settings();

// The handlers read their environment when they are loaded; none of this is reached, for nothing is invoked.
const kubeconfig = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "c",
  contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
};

const directory = mkdtempSync(path.join(tmpdir(), "bundle-"));
try {
  const kubeconfigPath = path.join(directory, "kubeconfig");
  writeFileSync(kubeconfigPath, JSON.stringify(kubeconfig));
  const environment = {
    PATH: process.env.PATH,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "measured",
    AWS_SECRET_ACCESS_KEY: "measured",
    RECLAIMER_CLUSTER_NAME: "measured",
    RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
    RECLAIMER_QUEUE_URL: "http://127.0.0.1:1/queue",
    RECLAIMER_MIRROR_PARAMETER: "/eni-reclaimer/measured/mirror",
    RECLAIMER_KUBECONFIG: kubeconfigPath,
  };
  const rows = [];
  for (const name of FUNCTIONS) {
    const outfile = path.join(directory, `${name}${outputFileExtension}`);
    const { metafile } = await build({
      ...options,
      absWorkingDir: root,
      entryPoints: [`functions/${name}.ts`],
      outfile,
      metafile: true,
      logLevel: "error",
    });
    rows.push({
      function: name,
      bytes: statSync(outfile).size,
      zippedBytes: gzipSync(readFileSync(outfile)).length,
      importMilliseconds: importTime(outfile, environment),
      cachedImportMilliseconds: importTime(outfile, {
        ...environment,
        NODE_COMPILE_CACHE: path.join(directory, "cache"),
      }),
      packages: bytesByPackage(metafile).slice(0, Number(values.top)),
    });
  }
  if (values.json) console.log(JSON.stringify(rows));
  else print(rows);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Median of fresh processes; the first one warms the disk's cache, and the compile cache, and isn't counted. */
function importTime(file, env) {
  const script = `const t=performance.now();await import(${JSON.stringify(file)});process.stdout.write(String(performance.now()-t));process.exit(0)`;
  const times = [];
  for (let index = 0; index <= PROCESSES; index += 1) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${file} can't be imported: ${stderr}`);
    if (index > 0) times.push(Number(stdout));
  }
  return Math.round(times.toSorted((one, other) => one - other)[Math.floor(PROCESSES / 2)]);
}

function bytesByPackage({ outputs }) {
  const bytes = new Map();
  for (const { inputs } of Object.values(outputs))
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(file);
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  return [...bytes].map(([name, size]) => ({ name, bytes: size })).toSorted((a, b) => b.bytes - a.bytes);
}

function packageOf(file) {
  const parts = file.split("node_modules/").at(-1).split("/");
  if (!file.includes("node_modules/"))
    return parts
      .slice(0, 3)
      .join("/")
      .replace(/\/[^/]+\.ts$/, "");
  return parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join("/");
}

function print(measured) {
  console.log("function   minified   gzipped    import   with compile cache");
  for (const row of measured)
    console.log(
      [
        row.function.padEnd(9),
        kibibytes(row.bytes),
        kibibytes(row.zippedBytes),
        `${String(row.importMilliseconds).padStart(5)} ms`,
        `${String(row.cachedImportMilliseconds).padStart(5)} ms`,
      ].join("  "),
    );
  for (const row of measured) {
    console.log(`\n${row.function}: where the bytes go`);
    for (const { name, bytes } of row.packages) console.log(`  ${kibibytes(bytes)}  ${name}`);
  }
}

function kibibytes(bytes) {
  return `${String(Math.round(bytes / KIBIBYTE)).padStart(5)} KiB`;
}
