import { type Inventory, inventoryOf } from "../../domain/inventory/index.ts";
import type { Gathered } from "./gather.ts";

/** What the dumps show of interfaces, Pods and nodes, whoever's they are. */
export const inventoryOfDumps = ({ evidence, nodes, managed, autoNodes }: Gathered): Inventory =>
  inventoryOf({
    interfaces: evidence.interfaces,
    pods: evidence.pods,
    nodes,
    managed,
    autoNodes,
    now: evidence.now,
  });
