import { runSeed } from "./run-seed.ts";

const count = Number(process.argv[2] ?? 10);
const first = Number(process.argv[3] ?? 1);
const started = performance.now();
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  const { broken, log } = await runSeed({
    seed,
    mode: process.argv[5] === "liveness" ? "liveness" : "safety",
    steps: 200,
    nodes: 3 + (seed % 4),
  });
  if (process.argv[4] === "log") console.log(log.join("\n"));
  if (broken !== undefined) {
    failed++;
    console.log(seed, broken.promise, broken.what);
  }
}
const minutes = (performance.now() - started) / 60_000;
console.log(`${count} seeds, ${failed} failed, ${Math.round(count / minutes)} a minute`);
