// Kills, cuts off and freezes each run of the reclaimer at each of its awaits in turn, and prints what came of it.
// `--run <part of a name>` tries some runs only, `--awaits` only looks for awaits that no run covers, `--write` pins the
// protocol anew (test/reclaimer/crash-points/protocol.txt).
import { parseArgs } from "node:util";
import { pin, protocolNow, protocolPinned } from "../test/reclaimer/crash-points/protocol.ts";
import { RUNS } from "../test/reclaimer/crash-points/runs.ts";
import { awaitsWithoutPoint, printTable } from "../test/reclaimer/crash-points/table.ts";

const { values } = parseArgs({
  options: { run: { type: "string" }, awaits: { type: "boolean" }, write: { type: "boolean" } },
});
const print = (line: string): void => console.log(line);

if (values.write === true) pin(await protocolNow());
const { all, missing } = await awaitsWithoutPoint(RUNS);
for (const name of missing) print(`no run stands at ${name}`);
print(`${all} awaits in src/reclaimer, ${missing.length} of them at no point of any run`);
const isPinned = (await protocolNow()) === protocolPinned();
if (!isPinned) print("the protocol is not as it is pinned: see git diff after --write");
const runs = RUNS.filter(({ name }) => name.includes(values.run ?? ""));
const failed = values.awaits === true ? 0 : (await printTable(runs, print)).failed;
process.exitCode = failed > 0 || missing.length > 0 || !isPinned ? 1 : 0;
