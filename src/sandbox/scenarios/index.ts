import { breaker } from "./breaker.ts";
import { daily } from "./daily.ts";
import { deadNodes } from "./dead-nodes.ts";
import { exhaustedSubnet } from "./exhausted-subnet.ts";
import { foreignCni } from "./foreign-cni.ts";
import { large } from "./large.ts";
import { observe } from "./observe.ts";
import { restoredEtcd } from "./restored-etcd.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, the default first. */
export const SCENARIOS: readonly Scenario[] = [
  daily,
  observe,
  exhaustedSubnet,
  deadNodes,
  foreignCni,
  restoredEtcd,
  breaker,
  large,
];
