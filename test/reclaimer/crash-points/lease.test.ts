import { LEASE_RUNS } from "./lease-runs.ts";
import { testEach } from "./tried.ts";

testEach("H23 H31 H48", LEASE_RUNS, false);
