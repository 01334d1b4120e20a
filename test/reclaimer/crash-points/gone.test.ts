import { GONE_RUNS } from "./gone-runs.ts";
import { testEach } from "./tried.ts";

testEach("H41 H48 H49", GONE_RUNS);
