import { machineClock, randomIdentities } from "../../functions/wiring/machine.ts";
import { seededIdentities, seededRandom } from "../../src/sandbox/engine/random.ts";
import { VirtualClock } from "../../src/sandbox/engine/virtual-clock.ts";
import { ManualClock } from "../../src/sandbox/in-process/index.ts";
import { describeClock } from "./clock.ts";
import { describeIdentities } from "./identities.ts";

const START = Date.parse("2026-03-02T03:00:00Z");
const byItself = { until: <T>(work: Promise<T>) => work, stop: () => undefined };

describeClock("the machine", () => ({ clock: machineClock, ...byItself }));
describeClock("the sandbox, over HTTP", () => {
  const clock = new VirtualClock(START);
  return { clock, ...byItself, stop: () => clock.stop() };
});
describeClock("the sandbox, in one process", () => {
  const clock = new ManualClock(START);
  return { clock, until: (work) => clock.until(work), stop: () => clock.stop() };
});

describeIdentities("the machine", () => randomIdentities);
describeIdentities("the sandbox", () => seededIdentities(seededRandom(1)));
