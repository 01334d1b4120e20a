import { SWEEP_RUNS } from "./sweep-runs.ts";
import { testEach } from "./tried.ts";

testEach("H23 H31 H48", SWEEP_RUNS);
