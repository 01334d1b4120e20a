import { STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { type AwsAccess, clientConfig } from "../aws/access.ts";
import { wordsOf } from "../aws/failures.ts";
import { EksError } from "./error.ts";

export interface EksOptions extends AwsAccess {
  /** As EKS knows it. */
  readonly clusterName: string;
}

/** A bearer token that EKS takes. Times are own time, milliseconds since the epoch. */
export interface SignedToken {
  readonly token: string;
  readonly signedAt: number;
  /** From then on another one is better. */
  readonly renewAt: number;
}

/** What EKS looks for (aws-iam-authenticator, `pkg/token/token.go`; AWS CLI, `customizations/eks/get_token.py`). */
const PREFIX = "k8s-aws-v1.";
const CLUSTER_HEADER = "x-k8s-aws-id";
/** STS takes the request for 15 minutes from its signing time whatever this says; authenticators before 0.3 wanted 60 at most. */
const EXPIRES_SECONDS = 60;
/** A third of those 15 minutes is left to clocks that differ and to requests on their way. */
const RENEW_AFTER_MILLISECONDS = 10 * 60_000;
const CREDENTIALS_MARGIN_MILLISECONDS = 60_000;

/**
 * Signs tokens: an STS GetCallerIdentity request, presigned for the cluster, which EKS sends to learn who we are. Nothing is
 * sent from here. The host is STS's own of the region, in the region's partition: EKS takes no other. Rejects with
 * {@link EksError} where there are no credentials.
 */
export function tokenSigner(options: EksOptions): () => Promise<SignedToken> {
  const { clock, clusterName, region } = options;
  const { endpoint: _, ...withoutEndpoint } = clientConfig(options);
  const { credentials, sha256, endpointProvider } = new STSClient(withoutEndpoint).config;
  const { url } = endpointProvider({
    Region: region,
    UseDualStack: false,
    UseFIPS: false,
    UseGlobalEndpoint: false,
  });
  return async () => {
    const identity = await credentials().catch((cause: unknown) => {
      throw new EksError(
        `no token for EKS cluster ${clusterName} can be signed, there are no credentials: ${wordsOf(cause)}`,
        { cause },
      );
    });
    const signedAt = clock.now();
    const signer = new SignatureV4({ credentials: identity, region, service: "sts", sha256 });
    const { query = {} } = await signer.presign(
      {
        method: "GET",
        protocol: url.protocol,
        hostname: url.hostname,
        path: "/",
        query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        headers: { host: url.host, [CLUSTER_HEADER]: clusterName },
      },
      { signingDate: new Date(signedAt), expiresIn: EXPIRES_SECONDS },
    );
    const request = `${url.protocol}//${url.host}/?${queryText(query)}`;
    return {
      token: `${PREFIX}${Buffer.from(request).toString("base64url")}`,
      signedAt,
      // What was signed with credentials ends with them.
      renewAt: Math.min(
        signedAt + RENEW_AFTER_MILLISECONDS,
        (identity.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - CREDENTIALS_MARGIN_MILLISECONDS,
      ),
    };
  };
}

/** Sorted, as the SDK writes a presigned URL. */
function queryText(query: Readonly<Record<string, unknown>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(query[name]))}`)
    .join("&");
}
