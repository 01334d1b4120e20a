import type { Address } from "../address.ts";
import type { InstanceState } from "../evidence.ts";
import type { StoredVpcIP } from "../objects/vpcip.ts";
import type { Proof } from "../verdict.ts";
import { outlivesInstance } from "./claim.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** What must be shown of an instance that seems dead; undefined where it does not. */
export function proofOfDeath(
  state: InstanceState | undefined,
): Extract<Proof, "terminated" | "not-found-twice"> | undefined {
  if (state === "terminated") return "terminated";
  return state === "not-found" ? "not-found-twice" : undefined;
}

/**
 * Judges a VpcIP with a claim that names a dead instance. Nobody uses the address there. It goes with the instance, unless a
 * static claim retains it: then it leaves the dead instance's interface, so that the claim's next node can ask EC2 for it
 * plainly, and claim and record stay (design §6, the old side of a move).
 *
 * @param gives what there is to give back: the address, where EC2 has it on an interface that the instance left
 */
export function judgeOnDead(
  facts: Facts,
  address: Address,
  { spec }: StoredVpcIP,
  gives: "address" | "record",
  needs: "terminated" | "not-found-twice",
): Finding {
  const { claim, instanceID = "" } = spec;
  const gone = { decision: "leaked", cause: "instance-gone", needs } as const;
  const outlasting = claim === undefined ? undefined : outlivesInstance(facts, address, claim);
  if (outlasting === undefined) return { ...gone, gives: "record", detail: instanceID };
  if (outlasting.decision !== "keep" || outlasting.reason !== "retained") return outlasting;
  const detail = `${instanceID} is gone; ${outlasting.detail ?? "its claim"} stays`;
  return { ...gone, gives, keepsClaim: true, detail };
}
