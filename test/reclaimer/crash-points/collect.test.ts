import { COLLECT_RUNS } from "./collect-runs.ts";
import { testEach } from "./tried.ts";

testEach("H31 H48", COLLECT_RUNS);
