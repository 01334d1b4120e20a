/** Somebody as the API server knows him, once he is authenticated. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Whoever EKS lets in by an access entry has its name and its groups (EKS user guide, "Create access entries"). */
const byAccessEntry = (group: string): Identity => ({
  user: `arn:aws:sts::111122223333:assumed-role/${group.replace(":", "-")}/session`,
  groups: [group, "system:authenticated"],
});

/** Kubernetes "Managing Service Accounts", "User accounts versus service accounts"; "Authenticating", service account tokens. */
const serviceAccount = (namespace: string, name: string): Identity => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
});

export const IDENTITIES = {
  collect: byAccessEntry("eni-reclaimer:collect"),
  reclaim: byAccessEntry("eni-reclaimer:reclaim"),
  clean: byAccessEntry("eni-reclaimer:clean"),
  agent: serviceAccount("vpcip-system", "vpcip-agent"),
  operator: byAccessEntry("eni-reclaimer:operators"),
} as const;

export type Who = keyof typeof IDENTITIES;
export const EVERYBODY = Object.keys(IDENTITIES) as readonly Who[];
