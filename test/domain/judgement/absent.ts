import { claimOf, decided, interface_, vpcIP, type World, X } from "../builders.ts";

/** What becomes of a record of X in a world where EC2 has X nowhere. */
export const absent = (world: World, spec: Parameters<typeof vpcIP>[0] = { claim: claimOf() }) =>
  decided({ interfaces: [interface_({ addresses: [] })], vpcIPs: { [X]: vpcIP(spec) }, ...world });
