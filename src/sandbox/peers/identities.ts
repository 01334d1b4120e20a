import { AGENT_TOKEN } from "../engine/world.ts";

/** Somebody as the API server knows him (Kubernetes, "Authenticating", "User impersonation"). */
export interface Identity {
  readonly user: string;
  readonly group?: string;
}

/** In the place of an EKS access entry: the role's session, with the one group that docs/install.md gives it. */
const roleOf = (name: string): Identity => ({
  user: `arn:aws:sts::111122223333:assumed-role/eni-reclaimer-${name}/session`,
  group: `eni-reclaimer:${name}`,
});

export const FUNCTION_TOKENS = {
  collect: "scenario-token-of-collect",
  reclaim: "scenario-token-of-reclaim",
} as const;

/** By the bearer token with which they come to the gateway. */
export const IDENTITIES: Readonly<Record<string, Identity>> = {
  [FUNCTION_TOKENS.collect]: roleOf("collect"),
  [FUNCTION_TOKENS.reclaim]: roleOf("reclaim"),
  // A ServiceAccount has its groups by its name.
  [AGENT_TOKEN]: { user: "system:serviceaccount:vpcip-system:vpcip-agent" },
};
