import { EC2_RUNS } from "./ec2-runs.ts";
import { testEach } from "./tried.ts";

testEach("H21 H31 H48", EC2_RUNS, false);
