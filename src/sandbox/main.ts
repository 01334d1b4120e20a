import { runScenario } from "./engine/run.ts";
import { SCENARIOS } from "./scenarios/index.ts";

const [first] = SCENARIOS;
const name = process.argv[process.argv.indexOf("--scenario") + 1];
const scenario = SCENARIOS.find((s) => s.name === name) ?? first;
if (scenario === undefined) throw new Error("no scenario");
const run = await runScenario(scenario, 1, (what) => process.stderr.write(`${what}\n`));
console.log(JSON.stringify(run.report, null, 1));
console.error(run.realMilliseconds, run.virtualSeconds);
process.exitCode = run.report.wronglyReleased.length + run.report.stillLeaked.length === 0 ? 0 : 3;
