import { type Answer, type Endpoint, type Script, startEndpoint } from "../aws/endpoint.ts";

/** EKS's answer to DescribeCluster (EKS API Reference), as far as it is read. */
export const described = (cluster: Readonly<Record<string, unknown>>): Answer => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ cluster: { status: "ACTIVE", ...cluster } }),
});

export const ofCluster = (endpoint: string, authority: Buffer): Answer =>
  described({ endpoint, certificateAuthority: { data: authority.toString("base64") } });

/** An error as EKS tells it: by a header. */
export const refused = (type: string, status: number, message = "words"): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": type },
  body: JSON.stringify({ message }),
});

/** An endpoint of EKS that does as it is told. */
export const startEks = (now: () => number, script: Script): Promise<Endpoint> => startEndpoint(now, script);
