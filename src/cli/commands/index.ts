import type { Command } from "../command.ts";
import { explain } from "./explain.ts";
import { plan } from "./plan.ts";

/** Every command, in the order of `cnictl --help`. */
export const COMMANDS: readonly Command[] = [plan, explain];
