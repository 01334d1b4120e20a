import { SYSTEM_NAMESPACE } from "../../../domain/objects/names.ts";
import type { KubeObject } from "../../kubernetes/index.ts";
import type { StepDefinition } from "./step.ts";

/** What people do at the cluster, wisely or not. */
export const OF_PEOPLE = {
  freeze: { weight: 1, run: ({ person }) => person.freeze() },
  thaw: { weight: 2.5, run: ({ person, nodes, spawn }) => person.lets(nodes, spawn) },
  "lease-deleted": {
    weight: 2,
    run: ({ nodes, world, log }, dice) => {
      const name = dice.pick(nodes)?.name ?? "";
      log.add("person", `deletes the lease of ${name}`);
      world.api.delete("leases", { namespace: SYSTEM_NAMESPACE, name });
    },
  },
  "lease-edited": {
    weight: 1.5,
    run: ({ nodes, world, log, leases }, dice) => {
      const name = dice.pick(nodes)?.name ?? "";
      const lease = world.api.get<KubeObject>("leases", { namespace: SYSTEM_NAMESPACE, name });
      if (lease === undefined) return;
      const holderIdentity = dice.pick(["", "somebody"]) ?? "";
      const keeps = dice.chance(0.5);
      log.add("person", `sets the holder of the lease of ${name} to "${holderIdentity}"`);
      const { annotations, ...metadata } = lease.metadata;
      leases.byPerson(lease);
      world.api.replace("leases", {
        ...lease,
        metadata: { ...metadata, ...(keeps && annotations !== undefined ? { annotations } : {}) },
        spec: { ...(lease["spec"] as object), holderIdentity },
      });
    },
  },
} as const satisfies Record<string, StepDefinition>;
