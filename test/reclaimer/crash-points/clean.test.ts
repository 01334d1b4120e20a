import { CLEAN_RUNS } from "./clean-runs.ts";
import { testEach } from "./tried.ts";

const [whole, ...variants] = CLEAN_RUNS;

testEach("H31 H48", whole === undefined ? [] : [whole]);
testEach("H48", variants, false);
