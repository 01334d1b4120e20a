import { CLAIM_RUNS } from "./claim-runs.ts";
import { testEach } from "./tried.ts";

testEach("H48 H49 H51", CLAIM_RUNS);
