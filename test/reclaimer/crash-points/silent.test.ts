import { SILENT_RUNS } from "./sweep-runs.ts";
import { testEach } from "./tried.ts";

testEach("H48 H72", SILENT_RUNS);
