// Runs the commands of the README as a reader would: every `sh` block whose info string doesn't say `needs …`, line by
// line, in the clone. A command that fails, or a README without commands, fails. `--ran COMMAND`: it was run before, as it
// stands there; a README that no longer has it fails, too.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { ran: { type: "string", multiple: true, default: [] } } });

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```sh( needs [^\n]*)?\n([\s\S]*?)^```$/gm)].filter(
  ([, needs]) => needs === undefined,
);
const commands = blocks.flatMap(([, , body = ""]) =>
  body
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#")),
);
if (commands.length === 0) throw new Error("the README shows no command");
let failed = 0;
for (const command of values.ran.filter((one) => !commands.includes(one))) {
  console.log(`FAIL ${command}: not in the README any more`);
  failed++;
}
for (const command of commands.filter((one) => !values.ran.includes(one))) {
  const { status } = spawnSync("bash", ["-c", command], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd: new URL("..", import.meta.url),
  });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${command}`);
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
