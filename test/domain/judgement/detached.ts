import type { NetworkInterface } from "../../../src/domain/evidence.ts";
import { claimOf, decided, ip, orphan, vpcIP, type World } from "../builders.ts";

/** The primary of the detached interface. */
export const PRIMARY = ip("10.0.0.4");
/** Its secondary address. */
export const O = ip("10.0.0.40");
/** Where a record on it says that it is. */
export const at = { interfaceID: "eni-o" };
/** O's record, of a claim. */
export const claimed = vpcIP({ ...at, claim: claimOf() }, O);

/** What becomes of the detached interface, in a world where its instance is in a state. */
export const fateOf = (world: World, state?: "running" | "terminated", item: NetworkInterface = orphan()) =>
  decided(
    { interfaces: [item], ...(state === undefined ? {} : { instances: { "i-a": state } }), ...world },
    PRIMARY,
  );

/** The primary's name is the record of a claim on another dead instance's interface. */
export function namedElsewhere(item: NetworkInterface): World {
  const elsewhere = vpcIP({ interfaceID: "eni-old", instanceID: "i-old", claim: claimOf() }, PRIMARY);
  const instances = { "i-a": "terminated", "i-old": "terminated" } as const;
  return { interfaces: [item], vpcIPs: { [PRIMARY]: elsewhere }, instances };
}
